"""Masks against the true visible ones, in the pixels of the crop."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.track.crop import SIZE, cut

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)

Mask = NDArray[np.bool_]


def in_crop(mask: Mask, box: NDArray[np.float32]) -> Mask:
    """A mask of the picture `[h, w]`, cut out and squeezed as the crop was: `[128, 128]`; at least half a pixel counts.

    Args:
        mask: of the picture.
        box: `[4]` xyxy of whole numbers, what the crop covers.
    """
    return np.asarray(cut(mask.astype(np.uint8) * 255, box) > 127)


def around_crop(mask: Mask, box: NDArray[np.float32]) -> Mask:
    """The same with as much again on every side, `[384, 384]`: what of a person the crop has left outside."""
    left, top, right, bottom = (int(side) for side in box)
    width, height = right - left, bottom - top
    padded = np.pad(mask, ((height, height), (width, width)))
    return np.asarray(
        cv2.resize(
            padded[top : bottom + 2 * height, left : right + 2 * width].astype(np.uint8) * 255,
            (3 * SIZE, 3 * SIZE),
            interpolation=cv2.INTER_AREA if width * height > SIZE * SIZE else cv2.INTER_LINEAR,
        )
        > 127
    )


def true_mask(mask: Mask, box: NDArray[np.float32]) -> Mask:
    """The mask in pixels of the crop: `in_crop` where the crop holds all of it, else `around_crop`."""
    left, top, right, bottom = (int(side) for side in box)
    if mask[top:bottom, left:right].sum() == mask.sum():
        return in_crop(mask, box)
    return around_crop(mask, box)


def middle(mask: Mask) -> Mask:
    """The part of a `true_mask` that lies in the crop, `[128, 128]`."""
    edge = (mask.shape[0] - SIZE) // 2
    return mask[edge : edge + SIZE, edge : edge + SIZE]


def iou(one: Mask, other: Mask) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 1.0


def mask_iou(mask: Mask, true: Mask) -> float:
    """IoU of a mask `[128, 128]` with a `true_mask`; what the crop left outside counts as missed."""
    inside = middle(true)
    union = int(np.count_nonzero(mask | inside)) + int(np.count_nonzero(true)) - int(np.count_nonzero(inside))
    return int(np.count_nonzero(mask & inside)) / union if union else 1.0


def boundary_f(one: Mask, other: Mask, tolerance: float) -> float:
    """F-measure of two outlines (Perazzi et al., CVPR 2016, section 4.1: DAVIS' contour accuracy).

    Precision and recall are the shares of either outline that lie within `tolerance` pixels of the other. The edge of
    the picture is no outline.

    Returns:
        in [0, 1]; 1 where neither has an outline, 0 where only one has.
    """
    outlines = [_outline(one), _outline(other)]
    if not all(outline.any() for outline in outlines):
        return float(not any(outline.any() for outline in outlines))
    precision = float((_distance(outlines[1])[outlines[0]] <= tolerance).mean())
    recall = float((_distance(outlines[0])[outlines[1]] <= tolerance).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _outline(mask: Mask) -> Mask:
    """Pixels of the mask that have a neighbour outside it."""
    return np.asarray(mask & (cv2.erode(mask.astype(np.uint8), _CROSS) == 0))


def _distance(outline: Mask) -> NDArray[np.float32]:
    """To the nearest pixel of the outline, pixels."""
    return np.asarray(
        cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32
    )
