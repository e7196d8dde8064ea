"""Size normalisation of masks: the field's offline procedure, with the crop's true geometry restored first.

A person is cut to the rows with foreground, scaled to a fixed height, and centred on the column that splits the
foreground in half, as CASIA-B's preparation has always done it. Masks come squeezed to a square, so the width is
restored from the crop's ratio before anything is measured.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Images: TypeAlias = npt.NDArray[np.uint8]


def normalise(masks: Images, ratio: npt.NDArray[np.float32], size: tuple[int, int] = (64, 44)) -> Images:
    """Turns masks into silhouettes.

    Top and bottom are the first and the last row with foreground; they are scaled to the full height, the width
    by the same factor. Scaling is cubic and clipped to [0, 255]; where the square crop is wider than it is in truth, it
    is first brought to its true width by area averages, since cubic scaling alone would skip columns. The centre is the
    first column whose cumulative sum exceeds half of the total; what lies outside the crop is zero.

    Args:
        masks: `[n, h, w]` u1, 0 is background.
        ratio: `[n]` f4, width/height of the crops in source pixels.
        size: height and width of the silhouettes in pixels.

    Returns:
        Silhouettes `[n, *size]` u1; zeros where the mask is empty.

    Raises:
        ValueError: shapes do not fit, or a ratio is not a positive number.
    """
    if masks.ndim != 3 or masks.dtype != np.uint8:
        raise ValueError(f"masks must be u1 [n, h, w], not {masks.dtype} {masks.shape}")
    if ratio.shape != masks.shape[:1]:
        raise ValueError(f"{len(masks)} masks need as many ratios, not shape {ratio.shape}")
    if not np.all(np.isfinite(ratio) & (ratio > 0)):
        raise ValueError("a crop's width/height must be a positive number")
    silhouettes = np.zeros((len(masks), *size), np.uint8)
    tops, bottoms = foreground_rows(masks)
    for mask, true_ratio, top, bottom, silhouette in zip(
        masks, ratio.tolist(), tops.tolist(), bottoms.tolist(), silhouettes, strict=True
    ):
        if bottom > top:
            _normalise_one(mask[top:bottom], true_ratio * mask.shape[0], silhouette)
    return silhouettes


def foreground_rows(masks: Images) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First row with foreground and last such row + 1 of each mask `[n, h, w]`; both 0 where there is none."""
    rows: npt.NDArray[np.bool_] = np.any(masks, axis=2)
    tops = rows.argmax(axis=1)
    bottoms = np.where(np.any(rows, axis=1), rows.shape[1] - rows[:, ::-1].argmax(axis=1), 0)
    return tops, bottoms


def _normalise_one(body: Images, true_width: float, silhouette: Images) -> None:
    height, width = silhouette.shape
    if true_width < body.shape[1]:
        body = cv2.resize(body, (max(1, round(true_width)), body.shape[0]), interpolation=cv2.INTER_AREA)
    # The width is rounded from the true one, not from the rounded one, so that errors do not add up.
    scaled_width = max(1, round(true_width * height / body.shape[0]))
    scaled = cv2.resize(body, (scaled_width, height), interpolation=cv2.INTER_CUBIC)
    cumulative = scaled.sum(axis=0, dtype=np.int64).cumsum()
    centre = int(np.searchsorted(cumulative * 2, cumulative[-1], side="right"))
    left = centre - width // 2
    first, last = max(left, 0), min(left + width, scaled_width)
    silhouette[:, first - left : last - left] = scaled[:, first:last]
