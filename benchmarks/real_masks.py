"""Masks of real people against hand-checked ones: a table on stdout, JSON and contact sheets where asked for.

    python benchmarks/real_masks.py [--segmenter METHOD[:MODEL] ...] [--work DIR] [--json FILE] [--sheets DIR]

The videos go through `gaitprep track`, `segment` and `align` as any video does; the pictures are cut out by the
reference's own box and given to the segmenter one by one (a picture has no background to compare with, so that
`background` has no figures for them). The reference is squeezed into the crop and compared there, at 128×128. A frame
is marked when alignment calls it invalid or gives it a quality below 0.5. Sources that are absent are named and left
out; `make real-masks` fetches the sample clip, `apt-get install opencv-doc` gives vtest.avi.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.real_reference import ROOT, Reference, Source, iou, missing, places, read_index
from benchmarks.real_sheet import Finding, draw_sheets
from gaitprep.align.config import AlignConfig
from gaitprep.align.measure import measure
from gaitprep.align.quality import judge
from gaitprep.segment.choose import make_segmenter
from gaitprep.segment.clean import clean
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.interface import Crops, Video
from gaitprep.segment.resolve import resolve
from gaitprep.track.config import TrackConfig
from gaitprep.track.crop import crop_boxes, cut
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir

SAMPLE = ROOT / "data" / "raw" / "sample" / "demo.mp4"
VTEST = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
LOW_QUALITY = 0.5
BAD = 0.6
_SAME_PERSON = 0.5  # overlap of boxes


@dataclass(frozen=True)
class Score:
    """How well one person was found.

    Attributes:
        name, source, size: of the reference.
        iou: of mask and reference in the crop; None where no tracklet has this person in this frame.
        outside: share of the person outside the crop, not counted in `iou`.
        marked: alignment calls the frame invalid or of low quality; quality: as it gives it.
    """

    name: str
    source: str
    size: str
    iou: float | None
    outside: float
    marked: bool
    quality: float


def score_video(
    path: Path, work: WorkDir, method: str, model: str | None, people: Sequence[Reference]
) -> Iterator[tuple[Score, Finding | None]]:
    """Runs the stages on a video and scores the masks of its people; tracks of an earlier run are used again."""
    chosen = ["--method", method, *(["--model", model] if model else [])]
    _verb("track", str(path), "--work", str(work.root))
    _verb("segment", "--work", str(work.root), *chosen)
    _verb("align", "--work", str(work.root))
    files = [work.file(stage, path.stem) for stage in ("track", "segment", "align")]
    with open_work_file(files[0]) as tracks, open_work_file(files[1]) as masks, open_work_file(files[2]) as aligned:
        boxes = {name: (tracks[name]["frame"][...], tracks[name]["detection"][...]) for name in tracks.tracklets}
        for person in people:
            where = find(person, boxes)
            if where is None:
                yield Score(person.name, person.source, person.size, None, 1.0, False, 0.0), None
                continue
            name, row = where
            valid, quality = bool(aligned[name]["valid"][row]), float(aligned[name]["quality"][row])
            crop = tracks[name]["box"][row], tracks[name]["rgb"][row]
            yield _score(person, *crop, masks[name]["mask"][row], valid, quality)


def find(person: Reference, boxes: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]]) -> tuple[str, int] | None:
    """Tracklet and row whose box overlaps the person's most, None where none overlaps enough."""
    best, found = _SAME_PERSON, None
    for name, (frames, detections) in boxes.items():
        for row in np.flatnonzero(frames == person.frame).tolist():
            overlap = _overlap(np.array(person.box, np.float32), detections[row])
            if overlap >= best:
                best, found = overlap, (name, row)
    return found


def score_picture(
    path: Path, source: Source, config: SegmentConfig, people: Sequence[Reference]
) -> Iterator[tuple[Score, Finding | None]]:
    """Scores the masks of the people of one picture, cut out by the references' boxes."""
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    detection = np.array([person.box for person in people], np.float32)
    box = crop_boxes(detection, TrackConfig().margin, source.width, source.height)
    frame = np.zeros(len(people), np.int64)
    rgb = np.stack([cut(picture, crop) for crop in box])
    resolved, weights = resolve(config)
    with make_segmenter(resolved, weights).prepare(Video(path, source.width, source.height, 1, frame, box)) as made:
        for row, person in enumerate(people):
            crops = Crops(person.name, rgb[[row]], box[[row]], detection[[row]], frame[[row]])
            mask = clean(made.masks(crops), crops.person)
            measured = measure(mask, crops.box, (source.width, source.height))
            verdict = judge(measured, np.ones(1, np.float32), AlignConfig(), made.certainty)
            yield _score(person, box[row], rgb[row], mask[0], bool(verdict.valid[0]), float(verdict.quality[0]))


def score_all(segmenter: str, files: dict[str, Path], work: Path) -> tuple[list[Score], list[Finding], dict[str, str]]:
    """Scores a segmenter, written METHOD or METHOD:MODEL, on every source that is there.

    Returns:
        Scores, what a sheet shows of those that have a mask, and why sources were left out, by name.
    """
    method, _, model = segmenter.partition(":")
    config = SegmentConfig.model_validate({"method": method, "model": model or None})
    sources, references = read_index()
    absent = missing(sources, files)
    found: list[tuple[Score, Finding | None]] = []
    for name, source in sources.items():
        people = [person for person in references if person.source == name]
        if name in absent:
            continue
        if source.frames > 1:
            found += score_video(files[name], WorkDir(work / name), method, model or None, people)
        elif method == "background":
            absent[name] = "a picture has no background to compare with"
        else:
            found += score_picture(files[name], source, config, people)
    return [score for score, _ in found], [finding for _, finding in found if finding is not None], absent


def table(scores: Sequence[Score]) -> list[dict[str, float | int | str | None]]:
    """Rows by class of size and by source: people, median IoU, share from 0.8 on, worst, and those bad but unmarked."""
    groups = [(f"{size}", [s for s in scores if s.size == size]) for size in ("tall", "small", "cut")]
    names = sorted({score.source for score in scores})
    groups += [(name, [s for s in scores if s.source == name]) for name in names]
    rows: list[dict[str, float | int | str | None]] = []
    for name, group in groups:
        values = np.array([score.iou for score in group if score.iou is not None])
        if not len(group):
            continue
        rows.append({
            "people": name,
            "n": len(group),
            "not tracked": len(group) - len(values),
            "median": round(float(np.median(values)), 3) if len(values) else None,
            "from 0.8": round(float((values >= 0.8).mean()), 3) if len(values) else None,
            "worst": round(float(values.min()), 3) if len(values) else None,
            "bad unmarked": len(bad_unmarked(group)),
        })  # fmt: skip
    return rows


def bad_unmarked(scores: Sequence[Score]) -> list[Score]:
    """Masks that miss the person without alignment having said so."""
    return [score for score in scores if score.iou is not None and score.iou < BAD and not score.marked]


def _score(
    person: Reference,
    crop: NDArray[np.float32],
    rgb: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    valid: bool,
    quality: float,
) -> tuple[Score, Finding]:
    reference, outside = person.in_crop(crop)
    value = iou(mask > 127, reference)
    marked = not valid or quality < LOW_QUALITY
    score = Score(
        person.name, person.source, person.size, round(value, 4), round(outside, 4), marked, round(quality, 3)
    )
    ratio = float((crop[2] - crop[0]) / (crop[3] - crop[1]))
    return score, Finding(person.name, value, marked, rgb, mask > 127, reference, ratio)


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    common = float(np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None).prod())
    return common / float((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - common)


def _verb(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "gaitprep", *arguments], check=True, stdout=sys.stderr, cwd=ROOT)


def main() -> None:
    """Scores each segmenter and prints its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segmenter", action="append", help="METHOD or METHOD:MODEL; again for more")
    parser.add_argument("--sample", type=Path, default=SAMPLE)
    parser.add_argument("--vtest", type=Path, default=VTEST)
    parser.add_argument("--work", type=Path, default=ROOT / "data" / "work" / "real-masks")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheets", type=Path)
    options = parser.parse_args()
    results = {}
    for segmenter in options.segmenter or [SegmentConfig().method]:
        scores, findings, absent = score_all(segmenter, places(options.sample, options.vtest), options.work)
        rows = table(scores)
        print(f"{segmenter}\n{_lines(rows)}")
        for name, reason in absent.items():
            print(f"  {name}: left out, {reason}")
        results[segmenter] = {"table": rows, "scores": [asdict(score) for score in scores], "left out": absent}
        if options.sheets and findings:
            for path in draw_sheets(findings, options.sheets, segmenter):
                print(f"  {path}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=1) + "\n")


def _lines(rows: Sequence[dict[str, float | int | str | None]]) -> str:
    heads = list(rows[0]) if rows else []
    cells = [heads, *([str("–" if row[head] is None else row[head]) for head in heads] for row in rows)]
    return "\n".join("  " + "".join(cell.ljust(14) for cell in line).rstrip() for line in cells)


if __name__ == "__main__":
    main()
