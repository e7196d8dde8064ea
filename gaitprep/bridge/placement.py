"""Where the sequences of a store go in a tree of other formats, and writing there without halves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gaitprep.bridge.leaves import folder_name, repeated
from gaitprep.errors import UsageError
from gaitprep.run.atomic import publish_bytes, sweep
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader
from gaitprep.store.schema import ROOT
from gaitprep.store.table import SequenceTable
from gaitprep.store.writer import refuse_url


@dataclass(frozen=True)
class Place:
    """The folder of a sequence.

    Attributes:
        row: number of the sequence in the store.
        subject, condition, view: its folders below the root.
    """

    row: int
    subject: str
    condition: str
    view: str

    def folder(self, root: Path) -> Path:
        """Its folder below `root`."""
        return root / self.subject / self.condition / self.view


@dataclass(frozen=True)
class Written:
    """What an export did.

    Attributes:
        sequences: how many are in the tree.
        left_out: how many have no frame to write.
        files: how many were written.
        kept: how many were there already with equal content.
        invalid: frames that are not valid and were written all the same.
        partition: the partition file, None where the store has no protocol.
    """

    sequences: int
    left_out: int
    files: int
    kept: int
    invalid: int
    partition: Path | None = None


def places(table: SequenceTable) -> list[Place]:
    """A folder for each sequence; those with equal labels get `090`, `090~2`, …"""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for row in range(len(table)):
        labels = tuple(folder_name(str(column[row])) for column in (table.subject, table.condition, table.view))
        subject, condition, view = labels
        seen[subject, condition, view] += 1
        found.append(Place(row, subject, condition, repeated(view, seen[subject, condition, view])))
    return found


def write_tree(
    store: StoreReader,
    root: Path,
    content: Callable[[Place], Mapping[str, bytes]],
    suffixes: tuple[str, ...],
    events: Events,
    workers: int,
) -> tuple[int, int]:
    """Writes every sequence's files; a file that is there with equal content is left alone.

    Args:
        store: whose sequences.
        root: of the tree.
        content: gives the files of a sequence, content by name.
        suffixes: endings of the files that another program would read from a sequence's folder.
        events: where progress goes.
        workers: threads, 0 for one a core.

    Returns:
        Files written, and files that were there already.

    Raises:
        UsageError: a sequence's folder holds a file that the export would not write, or `root` is a store or a URL.
    """

    def write(place: Place) -> tuple[int, int]:
        folder = place.folder(root)
        files = content(place)
        for stranger in _strangers(folder, files, suffixes):
            raise UsageError(
                f"{folder} holds {stranger}, which this export does not write",
                cause="a program that reads the tree would take it for a part of the sequence",
                next_step="delete it, or choose another folder",
            )
        stale = [name for name, data in files.items() if _read(folder / name) != data]
        for name in stale:
            publish_bytes(folder / name, files[name])
        return len(stale), len(files) - len(stale)

    refuse_url(root)
    if (root / ROOT).exists():
        raise UsageError(f"{root} is a store or another Zarr group", next_step="choose another folder")
    if root.is_dir():
        sweep(root)
    totals = [0, 0]
    events.begin("export", len(store.sequences))
    for written, kept in _in_threads(write, places(store.sequences), workers):
        totals[0], totals[1] = totals[0] + written, totals[1] + kept
        events.advance()
    events.end()
    return totals[0], totals[1]


def _in_threads(
    write: Callable[[Place], tuple[int, int]], todo: list[Place], workers: int
) -> Iterator[tuple[int, int]]:
    # Encoding and the disk let go of the interpreter lock, so threads share the work.
    with ThreadPoolExecutor(workers or None) as pool:
        try:
            yield from pool.map(write, todo)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _strangers(folder: Path, files: Mapping[str, bytes], suffixes: tuple[str, ...]) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        item.name
        for item in folder.iterdir()
        if item.name not in files and item.suffix.lower() in suffixes and not item.name.startswith(".")
    )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
