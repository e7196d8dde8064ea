"""Detector size × segmenter × world × stressor: scores of small synthetic sets, as docs/scores.md and docs/scores.json.

    python benchmarks/score_grid.py [--data data/grid] [--docs docs] [--subjects 2] [--frames 48] [--workers 0]
        [--world NAME]… [--stressor NAME]… [--size N]… [--segmenter NAME[=MODEL]]…

Every set of videos is filmed and every setting is run in a work folder of its own below --data, by the verbs, which
skip what is done: a run that was stopped goes on where it was. `none` is the stressor of videos that are as they
should be. Segmenters whose weights are not to be had are left out, with a word.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from gaitprep.cli.app import app
from gaitprep.errors import GaitprepError, WorkError
from gaitprep.run.atomic import publish_json, publish_text
from gaitprep.score.summary import PLAIN, TARGETS, Figures, Target, rounded
from gaitprep.score.tables import markdown_table, target_lines
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.resolve import resolve
from gaitprep.synth.config import SynthConfig
from gaitprep.synth.worlds import WORLDS
from gaitprep.track.config import TrackConfig
from gaitprep.work.layout import WorkDir

BEGIN, END = "<!-- grid: begin -->", "<!-- grid: end -->"
AUTO = "auto"


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


def stressors() -> list[str]:
    """`none`, and what the schema of the synth settings lists."""
    field = SynthConfig.model_json_schema()["properties"].get("stressors", {})
    items = field.get("items") or next((kind["items"] for kind in field.get("anyOf", []) if "items" in kind), {})
    return [PLAIN, *items.get("enum", [])]


def segmenters() -> list[str]:
    """The methods that work here without naming a model."""
    found = []
    for method in get_args(SegmentConfig.model_fields["method"].annotation):
        try:
            resolve(SegmentConfig(method=method))
        except GaitprepError as error:
            print(f"left out: segmenter {method}: {error.fact}", file=sys.stderr)
        else:
            found.append(method)
    return found


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


def score(data: Path, raw: Path, cell: Cell, workers: int) -> Figures:
    """The figures of a cell; without masks where nobody was found."""
    tracked = WorkDir(data / "work" / f"{cell.world}-{cell.stressor}-{cell.size}")
    words: list[object] = ["--work", tracked.root, "--workers", workers]
    run("track", raw, "--dataset", f"synth-{cell.world}", "--set", f"image_size={cell.size}", *words)
    work = WorkDir(tracked.root.with_name(f"{tracked.root.name}-{cell.segmenter.replace('/', '_')}"))
    take_over(tracked, work)
    words = ["--work", work.root, "--workers", workers]
    method, _, model = cell.segmenter.partition("=")
    try:
        run("segment", "--set", f"method={method}", *(["--set", f"model={model}"] if model else []), *words)
        run("align", *words)
        parts = []
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
    for world in args.world or list(WORLDS):
        for stressor in args.stressor or stressors():
            for size in args.size or [AUTO, "192", "640"]:
                for segmenter in args.segmenter:
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
    parser.add_argument("--workers", type=int, default=0)
    for name in ("world", "stressor", "size", "segmenter"):
        parser.add_argument(f"--{name}", action="append")
    args = parser.parse_args()
    args.segmenter = args.segmenter or segmenters()
    found = {}
    for cell in cells(args):
        raw = film(args.data, cell.world, cell.stressor, args)
        found[cell] = score(args.data, raw, cell, args.workers)
    write(args.docs, found)


if __name__ == "__main__":
    main()
