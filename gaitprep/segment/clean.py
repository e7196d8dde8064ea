"""Spatial clean-up of masks, the same for all segmenters: one body, without pinholes, not ragged."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.interface import Images

_NEAR = np.ones((5, 5), np.uint8)  # parts closer than this belong together: a belt or a shadow may part a body
_CENTRAL = 0.15  # mean centrality of a part of the person; a neighbour who reaches into the box has less
_CRUMB_SHARE = 0.01  # of all pixels; smaller parts are noise
_HOLE_SHARE = 0.015  # of the body's area; larger holes are real, such as that of a bent arm
_SMOOTH = 7  # pixels
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SMOOTH, _SMOOTH))
_RAGGED = 1.25  # outline over that of the smoothed mask; bodies measured 1.09–1.22, masks with teeth and cuts 1.3–2


def clean(masks: Images, person: NDArray[np.float32]) -> Images:
    """Keeps the body, fills its pinholes, and smooths it where it is ragged.

    Near components count as one part. The body is the part that has most pixels in the person's box, those towards its
    middle counting more, and every other part that lies there and is no crumb: a fragment in the box is more often a
    leg behind a post than somebody else (decision 007). A mask that has no pixel in the box comes out empty. Where body
    and background look alike, masks get teeth and cuts; smoothing mends these, but would wear off hands and feet of the
    others.

    Args:
        masks: `[n, h, w]` u1, 0 is background.
        person: `[n, 4]` f4, the person's box in pixels of the mask.

    Returns:
        Masks `[n, h, w]` u1, 0 or 255.
    """
    cleaned = np.zeros_like(masks)
    for mask, box, result in zip(masks, person, cleaned, strict=True):
        _keep_body(mask, box, result)
        smooth = cv2.medianBlur(cv2.morphologyEx(result, cv2.MORPH_CLOSE, _DISC), _SMOOTH)
        if _outline(result) > _RAGGED * _outline(smooth):
            result[...] = 0
            _keep_body(smooth, box, result)
    return cleaned


def _outline(mask: Images) -> float:
    """Length of all outlines, those of holes too, pixels."""
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return float(sum(cv2.arcLength(contour, True) for contour in contours))


def _keep_body(mask: Images, box: NDArray[np.float32], result: Images) -> None:
    count, labels = cv2.connectedComponents(cv2.dilate(mask, _NEAR), connectivity=8)
    if count > 2:
        parts = labels * (mask > 0)
        areas = np.bincount(parts.ravel(), minlength=count)
        weights = np.bincount(parts.ravel(), _centrality(mask.shape, box).ravel(), minlength=count)
        areas[0] = weights[0] = 0
        if weights.max() > 0:
            kept = (weights >= _CENTRAL * areas) & (areas >= _CRUMB_SHARE * areas.sum())
            kept[weights.argmax()], kept[0] = True, False
            np.copyto(result, 255, where=kept[parts], casting="unsafe")
    elif count == 2 and (_centrality(mask.shape, box)[mask > 0] > 0).any():
        np.copyto(result, 255, where=mask > 0, casting="unsafe")
    _fill_pinholes(result)


def _centrality(shape: tuple[int, ...], box: NDArray[np.float32]) -> NDArray[np.float64]:
    """1 on the upright middle line of the box, 0.25 at its sides, 0 outside."""
    rows, columns = np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5
    half = max(float(box[2] - box[0]) / 2, 0.5)
    aside = np.abs(columns - (box[0] + box[2]) / 2) / half
    across = np.where(aside <= 1, 1 - 0.75 * aside, 0)
    return np.outer((rows >= box[1]) & (rows <= box[3]), across)


def _fill_pinholes(mask: Images) -> None:
    holes = cv2.bitwise_not(mask)
    count, labels = cv2.connectedComponents(holes, connectivity=4)
    if count <= 2:
        return
    areas = np.bincount(labels.ravel(), minlength=count)
    limit = _HOLE_SHARE * cv2.countNonZero(mask)
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    small = areas <= limit
    small[0] = False
    small[edges] = False
    mask[small[labels]] = 255
