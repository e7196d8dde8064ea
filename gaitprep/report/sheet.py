"""Contact sheets: the frames of a sequence as crops, mask overlays and silhouettes, one under another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.report.draw import GREEN, GREY, PAPER, RED, Image, fit, text, tint

_HEIGHT = 128
_NARROWEST = 92  # a reason such as "cut by the frame" must fit below
_GAP = 4
_HEAD = 24
_FOOT = 32


@dataclass(frozen=True)
class SheetFrames:
    """The frames that a sheet shows; what a later stage has not made yet is None.

    Attributes:
        rgb: `[n, 128, 128, 3]` uint8.
        ratio: `[n]` width/height of the crops in source pixels: people are shown in their true shape.
        frame: `[n]` frame numbers in the video.
        mask: `[n, 128, 128]` uint8, 0 or 255.
        silhouette: `[n, 64, w]` uint8.
        verdict: `[n]` names of the reasons, "valid" for usable frames.
    """

    rgb: NDArray[np.uint8]
    ratio: NDArray[np.float32]
    frame: NDArray[np.int64]
    mask: NDArray[np.uint8] | None = None
    silhouette: NDArray[np.uint8] | None = None
    verdict: list[str] | None = None


def contact_sheet(frames: SheetFrames, title: str) -> Image:
    """Draws a sheet: a column a frame, rows crop, overlay and silhouette; unusable frames in red with the reason.

    Returns:
        `[h, w, 3]` uint8 RGB.
    """
    columns = [column_pictures(frames, index) for index in range(len(frames.rgb))]
    rows = 1 + (frames.mask is not None) + (frames.silhouette is not None)
    cell = max([_NARROWEST, *(picture.shape[1] for column in columns for picture in column)])
    bottom = _HEAD + rows * (_HEIGHT + _GAP)
    sheet: Image = np.full((bottom + _FOOT, max(len(columns), 3) * (cell + _GAP) + _GAP, 3), PAPER, np.uint8)
    text(sheet, title, _GAP, 16, scale=0.46)
    for number, column in enumerate(columns):
        left = _GAP + number * (cell + _GAP)
        for row, picture in enumerate(column):
            _paste(sheet, picture, _HEAD + row * (_HEIGHT + _GAP), left, cell)
        verdict = frames.verdict[number] if frames.verdict else "valid"
        valid = verdict == "valid"
        text(sheet, str(frames.frame[number]), left, bottom + 10, scale=0.36, colour=GREY if valid else RED)
        if not valid:
            _outline(sheet, _HEAD - 2, left - 2, bottom - 2, left + cell + 2)
            text(sheet, verdict, left, bottom + 24, scale=0.36, colour=RED)
    return sheet


def column_pictures(frames: SheetFrames, index: int) -> list[Image]:
    """Crop, overlay and silhouette of one frame, as far as they exist, each 128 pixels high and of true breadth."""
    width = int(np.clip(round(_HEIGHT * float(frames.ratio[index])), 8, 2 * _HEIGHT))
    crop = fit(frames.rgb[index], _HEIGHT, width)
    pictures = [crop]
    if frames.mask is not None:
        overlay = crop.copy()
        tint(overlay, np.where(fit(frames.mask[index], _HEIGHT, width) > 127, 255, 0).astype(np.uint8), GREEN)
        pictures.append(overlay)
    if frames.silhouette is not None:
        silhouette = frames.silhouette[index]
        grey = fit(silhouette, _HEIGHT, _HEIGHT * silhouette.shape[1] // silhouette.shape[0])
        pictures.append(np.repeat(grey[:, :, None], 3, axis=2))
    return pictures


def _paste(sheet: Image, picture: Image, top: int, left: int, cell: int) -> None:
    height, width = picture.shape[:2]
    shift = (cell - width) // 2
    sheet[top : top + height, left : left + cell] = 0
    sheet[top : top + height, left + shift : left + shift + width] = picture


def _outline(sheet: Image, top: int, left: int, bottom: int, right: int) -> None:
    sheet[top : top + 2, left:right] = RED
    sheet[bottom - 2 : bottom, left:right] = RED
    sheet[top:bottom, left : left + 2] = RED
    sheet[top:bottom, right - 2 : right] = RED
