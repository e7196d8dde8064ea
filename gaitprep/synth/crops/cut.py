"""Which rectangle becomes the crop: a detector's box with its margin, cut by the picture's edge, as tracking does."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.crops.recipe import Recipe

SIDE = 128


def crop_box(
    seen: NDArray[np.float32], edge: tuple[int, int, int, int], recipe: Recipe, random: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """The crop (left, top, right, bottom) about somebody.

    Args:
        seen: `[h, w]` share of each pixel that shows the person.
        edge: left, top, right, bottom of the whole picture, pixels.
        recipe: margin and how far detectors are off.
        random: for these.

    Returns:
        None where too little of the person is seen.
    """
    left, top, right, bottom = edge
    there = seen[top:bottom, left:right] > 0.3
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if len(rows) < 12 or len(columns) < 5:
        return None
    box = np.array([left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1], float)
    sides = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    margin = recipe.margin + recipe.margin_spread * random.uniform(-1, 1)
    box += sides * ([-margin, -margin, margin, margin] + recipe.box_jitter * random.standard_normal(4))
    first = np.clip(np.round(box[:2]), [left, top], [right - 2, bottom - 2]).astype(int)
    last = np.clip(np.round(box[2:]), first + 2, [right, bottom]).astype(int)
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def squeeze(image: NDArray[Any], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Cuts `box` out of `[h, w, …]` and squeezes it to `[128, 128, …]` uint8, resampled as tracking does."""
    left, top, right, bottom = box
    piece = image[top:bottom, left:right]
    how = cv2.INTER_AREA if piece.shape[0] * piece.shape[1] > SIDE * SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (SIDE, SIDE), interpolation=how), np.uint8)
