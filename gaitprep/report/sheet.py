"""Contact sheets: the frames of a sequence as crops, mask overlays and silhouettes, one under another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.report.draw import GREEN, GREY, PAPER, RED, Image, fit, text, tint

_CELL = 128
_GAP = 4
_HEAD = 24
_FOOT = 18


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
    rows = 1 + (frames.mask is not None) + (frames.silhouette is not None)
    columns = len(frames.rgb)
    height = _HEAD + rows * (_CELL + _GAP) + _FOOT
    sheet: Image = np.full((height, max(columns, 3) * (_CELL + _GAP) + _GAP, 3), PAPER, np.uint8)
    text(sheet, title, _GAP, 16, scale=0.46)
    for column in range(columns):
        left = _GAP + column * (_CELL + _GAP)
        for row, picture in enumerate(_pictures(frames, column)):
            _paste(sheet, picture, _HEAD + row * (_CELL + _GAP), left)
        verdict = frames.verdict[column] if frames.verdict else "valid"
        valid = verdict == "valid"
        if not valid:
            _outline(sheet, _HEAD - 2, left - 2, height - _FOOT - 2, left + _CELL + 2)
        caption = f"{frames.frame[column]}" + ("" if valid else f" {verdict}")
        text(sheet, caption, left, height - 6, scale=0.34, colour=GREY if valid else RED)
    return sheet


def _pictures(frames: SheetFrames, index: int) -> list[Image]:
    width = int(np.clip(round(_CELL * float(frames.ratio[index])), 8, _CELL))
    crop = fit(frames.rgb[index], _CELL, width)
    pictures = [crop]
    if frames.mask is not None:
        overlay = crop.copy()
        tint(overlay, np.where(fit(frames.mask[index], _CELL, width) > 127, 255, 0).astype(np.uint8), GREEN)
        pictures.append(overlay)
    if frames.silhouette is not None:
        silhouette = frames.silhouette[index]
        grey = fit(silhouette, _CELL, _CELL * silhouette.shape[1] // silhouette.shape[0])
        pictures.append(np.repeat(grey[:, :, None], 3, axis=2))
    return pictures


def _paste(sheet: Image, picture: Image, top: int, left: int) -> None:
    height, width = picture.shape[:2]
    shift = (_CELL - width) // 2
    sheet[top : top + _CELL, left : left + _CELL] = 0
    sheet[top : top + height, left + shift : left + shift + width] = picture


def _outline(sheet: Image, top: int, left: int, bottom: int, right: int) -> None:
    sheet[top : top + 2, left:right] = RED
    sheet[bottom - 2 : bottom, left:right] = RED
    sheet[top:bottom, left : left + 2] = RED
    sheet[top:bottom, right - 2 : right] = RED
