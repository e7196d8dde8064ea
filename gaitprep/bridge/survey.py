"""Looks into every sequence of a foreign tree once, so that the store can be laid out before it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import shapes
from gaitprep.bridge.leaves import Leaf
from gaitprep.bridge.read import read_leaf
from gaitprep.errors import InputError, WorkError
from gaitprep.run.atomic import append_line
from gaitprep.run.digest import digest_json
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, limit_threads

_VERSION = 2
_BATCH = 24  # sequences that one task reads, and that a kill costs at most for each worker


@dataclass(frozen=True)
class Found:
    """What a leaf holds.

    Attributes:
        state: of its files when they were read; "" where they could not be, so that the next run tries again.
        problem: why it is no sequence, "" where it is one.
        digest: of its files.
        frames, valid: how many.
        shapes: the shape of one frame of each array.
        noticed: counts of frames by what was done to them or seen in them.
    """

    state: str
    problem: str = ""
    digest: str = ""
    frames: int = 0
    valid: int = 0
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)


def survey(
    leaves: Sequence[Leaf], config: ImportConfig, memory: Path, execution: Execution, events: Events
) -> dict[str, Found]:
    """What each leaf holds, by name. Leaves whose files are unchanged are not read again.

    Args:
        leaves: of the tree.
        config: how they are read.
        memory: the JSON-lines file that holds what is known.
        execution: workers; a dry run remembers nothing.
        events: where progress goes.
    """
    manner = digest_json([_VERSION, config.model_dump(mode="json")])
    known = _recall(memory, manner)
    found = {leaf.name: known[leaf.name] for leaf in leaves if _is_current(known.get(leaf.name), leaf)}
    todo = [leaf for leaf in leaves if leaf.name not in found]
    if not todo:
        return found
    events.begin("look into sequences", len(todo))
    for names, looks in _look(todo, config, execution):
        fresh = dict(zip(names, looks, strict=True))
        found |= fresh
        if not execution.dry_run:
            append_line(memory, json.dumps([manner, {name: asdict(item) for name, item in fresh.items()}]))
        events.advance(len(fresh), note=names[-1])
    events.end()
    return found


def _look(todo: Sequence[Leaf], config: ImportConfig, execution: Execution) -> Iterator[tuple[list[str], list[Found]]]:
    batches = [todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH)]
    workers = execution.worker_count(len(batches))
    if workers == 1:
        for batch in batches:
            yield _look_into(batch, config)
        return
    parallel = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch=2 * workers)
    try:
        yield from parallel(delayed(_look_in_worker)(batch, config) for batch in batches)
    except BrokenProcessPool as error:
        raise WorkError(
            "a worker process died while it looked into sequences",
            cause="out of memory, or a crash in an image decoder",
            next_step="run the same command with --workers 1; what has been looked into is remembered",
        ) from error


def _look_in_worker(leaves: Sequence[Leaf], config: ImportConfig) -> tuple[list[str], list[Found]]:
    limit_threads(1)
    return _look_into(leaves, config)


def _look_into(leaves: Sequence[Leaf], config: ImportConfig) -> tuple[list[str], list[Found]]:
    return [leaf.name for leaf in leaves], [_look_at(leaf, config) for leaf in leaves]


def _look_at(leaf: Leaf, config: ImportConfig) -> Found:
    try:
        content, digest = read_leaf(leaf, config)
    except InputError as error:
        return Found(leaf.state, str(error))
    except OSError as error:
        # A store must not tell where on whose disk it was made.
        place = Path(str(error.filename)).name if error.filename else "a file"
        return Found("", f"{place} cannot be read: {error.strerror}")
    arrays = content.arrays
    return Found(
        leaf.state, "", digest, len(arrays["frame"]), int(arrays["valid"].sum()), shapes(arrays), content.noticed
    )


def _is_current(found: Found | None, leaf: Leaf) -> bool:
    return found is not None and found.state == leaf.state


def _recall(memory: Path, manner: str) -> dict[str, Found]:
    known: dict[str, Found] = {}
    lines = memory.read_text(errors="replace").splitlines() if memory.is_file() else []
    for line in lines:
        try:
            written, items = json.loads(line)
            if written == manner:
                known |= {name: _found(item) for name, item in items.items()}
        except (ValueError, TypeError, KeyError, AttributeError):  # torn by a power cut: it is only a memory
            continue
    return known


def _found(item: dict[str, Any]) -> Found:
    return Found(**{**item, "shapes": {name: tuple(shape) for name, shape in item["shapes"].items()}})
