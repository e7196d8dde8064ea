"""One picture of a whole work folder: a strip of each of several sequences."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from gaitprep.report.draw import PAPER, Image, text
from gaitprep.report.frames import choose_frames, png
from gaitprep.report.sheet import SheetFrames, column_pictures
from gaitprep.report.upstream import Shown, shown_videos
from gaitprep.run.atomic import publish_bytes
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir

_GAP = 2
_LABEL = 18
_BETWEEN = 10


def overview_path(work: WorkDir) -> Path:
    """Where the overview of a work folder is."""
    return work.pictures / "overview.png"


def write_overview(work: WorkDir, rows: int, columns: int, out: Path | None = None) -> Path:
    """Draws the first tracklet of `rows` videos, spread evenly over the work folder.

    Args:
        work: the work folder; something must have been tracked in it.
        rows: how many sequences.
        columns: how many frames of each, evenly spread over its valid ones.
        out: where the PNG goes; by default `overview_path`.

    Returns:
        the file.

    Raises:
        WorkError: nothing has been tracked here, or a work file is damaged.
    """
    strips = [strip for shown in shown_videos(work, rows) if (strip := _strip(shown, columns)) is not None]
    width = max(strip.shape[1] for strip in strips)
    sheet: Image = np.full((sum(strip.shape[0] + _BETWEEN for strip in strips), width, 3), PAPER, np.uint8)
    top = 0
    for strip in strips:
        sheet[top : top + strip.shape[0], : strip.shape[1]] = strip
        top += strip.shape[0] + _BETWEEN
    path = out or overview_path(work)
    publish_bytes(path, png(sheet[:-_BETWEEN]))
    return path


def _strip(shown: Shown, columns: int) -> Image | None:
    with ExitStack() as files:
        tracks = files.enter_context(open_work_file(shown.track))
        masks = files.enter_context(open_work_file(shown.segment)) if shown.segment else None
        aligned = files.enter_context(open_work_file(shown.align)) if shown.align else None
        if not tracks.tracklets:
            return None
        name = tracks.tracklets[0]
        frames = choose_frames(
            tracks[name],
            masks[name] if masks and name in masks.tracklets else None,
            aligned[name] if aligned and name in aligned.tracklets else None,
            columns,
            valid_only=True,
        )
        return _draw(frames, f"{shown.video_id} / {name}")


def _draw(frames: SheetFrames, title: str) -> Image:
    columns = [np.vstack(_of_one_width(column_pictures(frames, index))) for index in range(len(frames.rgb))]
    height, width = columns[0].shape[0], sum(column.shape[1] + _GAP for column in columns)
    strip: Image = np.full((_LABEL + height, max(width, 200), 3), PAPER, np.uint8)
    text(strip, title, 2, 13, scale=0.42)
    left = 0
    for column in columns:
        strip[_LABEL:, left : left + column.shape[1]] = column
        left += column.shape[1] + _GAP
    return strip


def _of_one_width(pictures: list[Image]) -> list[Image]:
    width = max(picture.shape[1] for picture in pictures)
    padded = []
    for picture in pictures:
        shift = (width - picture.shape[1]) // 2
        padded.append(np.pad(picture, ((0, _GAP), (shift, width - picture.shape[1] - shift), (0, 0))))
    return padded
