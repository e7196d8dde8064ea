"""Contact sheets of what went worst: crop, mask, truth and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaitprep.report.draw import GREEN, GREY, PAPER, WHITE, Colour, Image, fit, text, tint
from gaitprep.report.frames import png
from gaitprep.run.atomic import publish_bytes
from gaitprep.score.masks import middle, true_mask
from gaitprep.score.source import Source, open_truth
from gaitprep.score.summary import Score
from gaitprep.truth.file import Truth
from gaitprep.work.file import WorkReader, open_work_file
from gaitprep.work.layout import WorkDir

_HEIGHT = 192
_CELL = 128
_GAP = 6
_HEAD = 26
_FOOT = 22
_COLUMNS = 10
TRUE: Colour = (90, 170, 255)
MISSED: Colour = (70, 130, 255)
INVENTED: Colour = (255, 90, 70)
AGREED: Colour = (120, 125, 135)


def write_sheets(work: WorkDir, scores: Sequence[Score], sources: Mapping[str, Source], limit: int) -> list[Path]:
    """Draws `pictures/score/NN-<video>.png`, the video with the lowest mean IoU of its masks first.

    Args:
        work: the work folder.
        scores: of the videos; those whose masks were not scored are passed over.
        sources: by video id.
        limit: how many videos; 0 leaves earlier sheets as they are.
    """
    if not limit:
        return []
    folder = work.pictures / "score"
    for old in folder.glob("*.png"):
        old.unlink()
    ranked = sorted((_mean(score), score["video"], score) for score in scores if _scored(score))
    written = []
    for number, (mean, video, score) in enumerate(ranked[:limit], start=1):
        path = folder / f"{number:02d}-{video.replace('/', '_')}.png"
        publish_bytes(path, png(_sheet(score, sources[video], f"{number}. {video}: mean IoU {mean:.3f}")))
        written.append(path)
    return written


def _scored(score: Score) -> list[tuple[float, int]]:
    """IoU and place of the frames whose masks were scored, lowest first."""
    values = score.get("frames", {}).get("iou", [])
    return sorted((value, place) for place, value in enumerate(values) if value is not None)


def _mean(score: Score) -> float:
    return float(np.mean([value for value, _ in _scored(score)]))


def _sheet(score: Score, source: Source, title: str) -> Image:
    """The worst frames of a video, a column each: crop, mask, truth, difference; IoU and frame number below."""
    shown = _scored(score)[:_COLUMNS]
    rows = score["frames"]
    sheet: Image = np.full(
        (_HEAD + 4 * (_HEIGHT + _GAP) + _FOOT, max(len(shown), 5) * (_CELL + _GAP) + _GAP, 3), PAPER, np.uint8
    )
    text(sheet, f"{title}. Rows: crop, mask, truth, difference (red invented, blue missed)", _GAP, 17, scale=0.44)
    with ExitStack() as files:
        truth = files.enter_context(open_truth(source))
        tracks = files.enter_context(open_work_file(source.files["track"]))
        masks = files.enter_context(open_work_file(source.files["segment"]))
        for column, (value, place) in enumerate(shown):
            tracklet, row = rows["tracklet"][place], rows["row"][place]
            person = score["shows"][tracklet]
            left = _GAP + column * (_CELL + _GAP)
            for number, picture in enumerate(_column(truth, tracks, masks, tracklet, row, person)):
                top = _HEAD + number * (_HEIGHT + _GAP)
                shift = (_CELL - picture.shape[1]) // 2
                sheet[top : top + _HEIGHT, left + shift : left + shift + picture.shape[1]] = picture
            bottom = sheet.shape[0] - 7
            text(sheet, f"{value:.3f}", left, bottom, scale=0.42, colour=WHITE)
            text(sheet, f"frame {rows['frame'][place]}", left + 52, bottom, scale=0.36, colour=GREY)
    return sheet


def _column(
    truth: Truth, tracks: WorkReader, masks: WorkReader, tracklet: str, row: int, person: str
) -> tuple[Image, Image, Image, Image]:
    track = tracks[tracklet]
    box, frame = track["box"][row], int(track["frame"][row])
    width = int(np.clip(round(_HEIGHT * float(track["ratio"][row])), 8, _CELL))
    crop = fit(track["rgb"][row], _HEIGHT, width)
    found = _enlarge(masks[tracklet]["mask"][row] > 127, width)
    true = _enlarge(middle(true_mask(truth.mask(person, frame), box)), width)
    with_mask, with_truth, difference = crop.copy(), crop.copy(), np.zeros_like(crop)
    tint(with_mask, found.astype(np.uint8) * 255, GREEN)
    tint(with_truth, true.astype(np.uint8) * 255, TRUE)
    for where, colour in ((found & true, AGREED), (found & ~true, INVENTED), (true & ~found, MISSED)):
        difference[where] = colour
    return crop, with_mask, with_truth, difference


def _enlarge(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    return np.asarray(fit(mask.astype(np.uint8) * 255, _HEIGHT, width) > 127)
