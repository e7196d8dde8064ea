"""The sheet of figure 7: a row for each intermediate result, a column for each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.report.draw import GREY, PAPER, WHITE, Image, fit, text

Stage = NDArray[np.uint8]
"""A picture `[h, w]` or `[h, w, 3]`."""

_HEIGHT = 112
_CELL = 92
_GAP = 4
_NAMES = 176
_HEAD = 26
_HEADING = 22
_GROUND = 46  # grey, so that the border of a dark crop is seen


@dataclass(frozen=True)
class Strip:
    """One row of a sheet.

    Attributes:
        name: of what it shows.
        pictures: one for each frame.
        ratio: width / height that each is shown at; None for that of its pixels.
        heading: of the network that this row and those below it are of; "" where it goes on.
    """

    name: str
    pictures: Sequence[Stage]
    ratio: NDArray[Any] | None = None
    heading: str = ""


def sheet(title: str, frames: Sequence[int] | NDArray[np.int64], strips: Sequence[Strip]) -> Image:
    """Draws a sheet.

    Args:
        title: above it.
        frames: numbers of the frames in the sequence.
        strips: rows.

    Returns:
        `[h, w, 3]` uint8 RGB.
    """
    height = _HEAD + sum(_HEIGHT + _GAP + (_HEADING if strip.heading else 0) for strip in strips) + 18
    page: Image = np.full((height, _NAMES + len(frames) * (_CELL + _GAP) + _GAP, 3), PAPER, np.uint8)
    text(page, title, _GAP * 2, 18, scale=0.5)
    top = _HEAD
    for strip in strips:
        if strip.heading:
            page[top + 3, _GAP:-_GAP] = GREY
            text(page, strip.heading, _GAP * 2, top + 17, scale=0.45, colour=WHITE)
            top += _HEADING
        text(page, strip.name, _GAP * 2, top + _HEIGHT // 2, scale=0.38, colour=GREY)
        for number, picture in enumerate(strip.pictures):
            _paste(page, _scaled(picture, strip, number), top, _NAMES + number * (_CELL + _GAP))
        top += _HEIGHT + _GAP
    for number, frame in enumerate(frames):
        text(page, f"frame {frame}", _NAMES + number * (_CELL + _GAP), top + 12, scale=0.34, colour=GREY)
    return page


def _scaled(picture: Stage, strip: Strip, number: int) -> Image:
    rows, columns = picture.shape[:2]
    ratio = columns / rows if strip.ratio is None else float(strip.ratio[number])
    width = max(8, round(_HEIGHT * ratio))
    coloured = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    height = _HEIGHT if width <= _CELL else max(8, round(_CELL / ratio))
    return fit(np.ascontiguousarray(coloured), height, min(width, _CELL))


def _paste(page: Image, picture: Image, top: int, left: int) -> None:
    height, width = picture.shape[:2]
    page[top : top + _HEIGHT, left : left + _CELL] = _GROUND
    down, right = (_HEIGHT - height) // 2, (_CELL - width) // 2
    page[top + down : top + down + height, left + right : left + right + width] = picture
