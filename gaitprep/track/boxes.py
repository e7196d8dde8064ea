"""Overlap of boxes `[n, 4]`, x1, y1, x2, y2."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]


def row_iou(one: Boxes, other: Boxes) -> NDArray[np.float32]:
    """Intersection over union `[n]` of two lots of boxes, row by row."""
    shared = _shared(one, other)
    return np.asarray(shared / np.maximum(_area(one) + _area(other) - shared, 1e-6), np.float32)


def share_inside(one: Boxes, other: Boxes) -> NDArray[np.float32]:
    """`[n]`: how much of the smaller box of each pair the larger one covers."""
    return np.asarray(_shared(one, other) / np.maximum(np.minimum(_area(one), _area(other)), 1e-6), np.float32)


def _shared(one: Boxes, other: Boxes) -> NDArray[np.float32]:
    first, last = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    return np.asarray(np.prod(np.maximum(last - first, 0), axis=-1), np.float32)


def _area(boxes: Boxes) -> NDArray[np.float32]:
    return np.asarray(np.prod(boxes[..., 2:] - boxes[..., :2], axis=-1), np.float32)
