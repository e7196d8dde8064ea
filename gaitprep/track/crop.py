"""Cutting people out: box → crop of 128×128 pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 128
"""Side of a crop, pixels."""


def crop_boxes(boxes: NDArray[np.float32], margin: float, width: int, height: int) -> NDArray[np.float32]:
    """The rectangles that are cut out around boxes.

    Args:
        boxes: `[n, 4]` xyxy, source pixels.
        margin: what is added on each side, as a share of the box's side.
        width, height: size of the video; crops end at its border.

    Returns:
        `[n, 4]` float32 xyxy of whole numbers, at least one pixel wide and high.
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    grown = np.concatenate([boxes[:, :2] - margin * sides, boxes[:, 2:] + margin * sides], axis=1)
    limits = np.array([width, height], np.float32)
    first = np.clip(np.round(grown[:, :2]), 0, limits - 1)
    last = np.clip(np.round(grown[:, 2:]), first + 1, limits)
    return np.concatenate([first, last], axis=1).astype(np.float32)


def ratios(crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """Width / height of crops `[n, 4]` in source pixels; undoing the squeeze to a square needs it."""
    sides = crops[:, 2:] - crops[:, :2]
    return np.asarray(sides[:, 0] / sides[:, 1], dtype=np.float32)


def cut(image: NDArray[np.uint8], crop: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Cuts `crop` (xyxy of whole numbers) out of a frame `[h, w, 3]` and squeezes it to `[128, 128, 3]` uint8.

    A mask `[h, w]` is squeezed in the same way.
    """
    left, top, right, bottom = (int(side) for side in crop)
    piece = image[top:bottom, left:right]
    shrinks = piece.shape[0] * piece.shape[1] > SIZE * SIZE
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (SIZE, SIZE), interpolation=how), dtype=np.uint8)
