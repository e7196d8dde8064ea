"""Detector size × segmenter × world × stressor: scores of small synthetic sets, as docs/scores.md and docs/scores.json.

    python benchmarks/score_grid.py [--data data/grid] [--docs docs] [--subjects 2] [--frames 48] [--workers 1]
        [--world NAME]… [--stressor NAME]… [--size N]… [--segmenter NAME[=MODEL]]…

Without a choice of stressors, sizes or segmenters, the default settings are run under every stressor, and what differs
from them in one thing under the stressors that try this thing. With any of these choices, all combinations are run.

Every set of videos is filmed once and tracked once for each size; every setting is run in a work folder of its own
below --data, by the verbs, which skip what is done: a run that was stopped goes on where it was. `none` is the stressor
of videos that are as they should be. Segmenters whose weights are not to be had are left out, with a word.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from gaitprep.cli.app import app
from gaitprep.errors import GaitprepError, WorkError
from gaitprep.run.atomic import publish_json, publish_text
from gaitprep.score.summary import PLAIN, TARGETS, Figures, Target, rounded
from gaitprep.score.tables import markdown_table, target_lines
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.resolve import resolve
from gaitprep.synth.config import Stressor
from gaitprep.synth.worlds import WORLDS
from gaitprep.track.config import TrackConfig
from gaitprep.work.layout import WorkDir

BEGIN, END = "<!-- grid: begin -->", "<!-- grid: end -->"
AUTO = "auto"
SIZES = (AUTO, "480", "640")
"""`auto` is 320 for these videos, where the network sees every pixel."""
SEGMENTERS = (AUTO, "unet=bundled-small", "unet=bundled-fine", "background")
TRIED = {"size": (PLAIN, "crossing", "low-light", "occluder"), "segmenter": (PLAIN, "jitter", "low-light")}
"""Under which stressors other sizes and other segmenters are compared with the default ones."""


@dataclass(frozen=True)
class Cell:
    """One setting on one set of videos; a segmenter is a method, or method=model."""

    world: str
    stressor: str
    size: str
    segmenter: str

    @property
    def is_default(self) -> bool:
        """Whether detector and segmenter are the ones that users get, on videos that are as they should be."""
        track, segment = TrackConfig(), SegmentConfig()
        return (self.size, self.segmenter, self.stressor) == (str(track.image_size), segment.method, PLAIN)


def at_hand(segmenter: str) -> bool:
    """Whether a segmenter's weights are to be had."""
    method, _, model = segmenter.partition("=")
    try:
        resolve(SegmentConfig.model_validate({"method": method, "model": model or None}))
    except GaitprepError as error:
        print(f"left out: segmenter {segmenter}: {error.fact}", file=sys.stderr)
        return False
    return True


def run(*words: object) -> None:
    """A verb of the command line, in this process, so that the libraries are loaded once."""
    app([str(word) for word in words], standalone_mode=False)


def film(data: Path, world: str, stressor: str, args: argparse.Namespace) -> Path:
    """Two walks in two views of a few subjects."""
    conditions, views = list(WORLDS[world].conditions), list(WORLDS[world].cameras)
    out = data / "raw" / f"{world}-{stressor}"
    extra = [] if stressor == PLAIN else ["--set", f"stressors=[{stressor}]"]
    run(
        "synth", "--out", out, "--world", world, "--subjects", args.subjects, "--workers", args.workers,
        "--set", f"frames={args.frames}", "--set", f"conditions={json.dumps([conditions[0], conditions[-1]])}",
        "--set", f"views={json.dumps([views[len(views) // 4], views[len(views) // 2]])}", *extra,
    )  # fmt: skip
    return out


def track(data: Path, raw: Path, cell: Cell, workers: int) -> WorkDir:
    """What the tracker makes of a set with one detector size."""
    work = WorkDir(data / "work" / f"{cell.world}-{cell.stressor}-{cell.size}")
    size = ["--set", f"image_size={cell.size}"]
    run("track", raw, "--dataset", f"synth-{cell.world}", *size, "--work", work.root, "--workers", workers)
    return work


def score(tracked: WorkDir, cell: Cell, workers: int) -> Figures:
    """The figures of a cell; without masks where nobody was found."""
    work = WorkDir(tracked.root.with_name(f"{tracked.root.name}-{cell.segmenter.replace('/', '_')}"))
    take_over(tracked, work)
    words: list[object] = ["--work", work.root, "--workers", workers]
    method, _, model = cell.segmenter.partition("=")
    parts: list[object] = []
    try:
        run("segment", "--set", f"method={method}", *(["--set", f"model={model}"] if model else []), *words)
        run("align", *words)
    except WorkError as error:
        print(f"{cell}: {error.fact}", file=sys.stderr)
        parts = ["--stage", "track"]
    out = work.root / "scores.json"
    run("score", *words, *parts, "--out", out)
    overall: Figures = json.loads(out.read_text())["overall"]
    return overall


def take_over(tracked: WorkDir, work: WorkDir) -> None:
    """A work folder of its own for each segmenter; what was tracked is shared by hard links, since it never changes."""
    if work.root.is_dir() and digests(work) == digests(tracked):
        return
    shutil.rmtree(work.root, ignore_errors=True)
    shutil.copytree(tracked.root, work.root, copy_function=link)


def digests(work: WorkDir) -> dict[str, Any]:
    return {name: record.output_digest for name, record in work.ledger("track").latest().items()}


def link(source: str, target: str) -> None:
    if source.endswith(".h5"):
        Path(target).hardlink_to(source)
    else:
        shutil.copy2(source, target)


def cells(args: argparse.Namespace) -> Iterator[Cell]:
    """What is to be run; the cells of a set, and in it those of a size, follow one another."""
    chosen = args.stressor or args.size or args.segmenter
    found = [name for name in args.segmenter or SEGMENTERS if at_hand(name)]
    for world in args.world or list(WORLDS):
        for stressor in args.stressor or (PLAIN, *get_args(Stressor)):
            for size in args.size or SIZES:
                for segmenter in found:
                    others = [name for name, own in (("size", size), ("segmenter", segmenter)) if own != AUTO]
                    if chosen or not others or (len(others) == 1 and stressor in TRIED[others[0]]):
                        yield Cell(world, stressor, size, segmenter)


def page(found: dict[Cell, Figures]) -> str:
    """The table, and how the default settings stand to the targets."""
    targets = [
        Target(cell.world, figure, least, value)
        for cell, values in found.items()
        if cell.is_default
        for figure, least in TARGETS.get(cell.world, {}).items()
        if (value := values[figure]) is not None
    ]
    rows = [
        ("|".join((cell.world, cell.stressor, cell.size, f"{cell.segmenter}{' *' * cell.is_default}")), values)
        for cell, values in found.items()
    ]
    lines = "\n".join(f"- {line}" for line in target_lines(targets))
    return f"{lines}\n\n{markdown_table('world|stressor|detector|segmenter', rows)}\n\n\\* the default settings"


def write(docs: Path, found: dict[Cell, Figures]) -> None:
    """Puts the table between the marks of docs/scores.md, and all figures into docs/scores.json."""
    path = docs / "scores.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    publish_text(path, f"{before}{BEGIN}\n{page(found)}\n{END}{after}")
    publish_json(docs / "scores.json", [{**vars(cell), **rounded(values)} for cell, values in found.items()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data/grid"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--subjects", type=int, default=2)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--workers", type=int, default=1, help="more start anew for every stage and load torch again")
    for name in ("world", "stressor", "size", "segmenter"):
        parser.add_argument(f"--{name}", action="append")
    args = parser.parse_args()
    found = {}
    for (world, stressor), own in groupby(cells(args), lambda cell: (cell.world, cell.stressor)):
        raw = film(args.data, world, stressor, args)
        for _, same in groupby(own, lambda cell: cell.size):
            tracked = None
            for cell in same:
                tracked = tracked or track(args.data, raw, cell, args.workers)
                begun = time.monotonic()
                found[cell] = score(tracked, cell, args.workers)
                print(f"{cell}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    write(args.docs, found)


if __name__ == "__main__":
    main()
