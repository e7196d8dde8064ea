"""What is measured on each frame before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.align.normalise import Images, foreground_rows

_EDGE = 2  # outermost rows or columns of a crop; clean-up may leave the very last one empty


@dataclass(frozen=True)
class Measures:
    """Per-frame measurements, arrays `[n]`.

    Attributes:
        pixels: foreground pixels of the mask (i8).
        body_area: the same in source pixels (f8).
        body_height: rows between top and bottom, in source pixels (f8).
        largest: share of the foreground that the largest 8-connected component holds (f8, 0 where empty).
        cut_by_frame: foreground at an edge of the crop that is an edge of the picture (bool).
        cut_by_crop: foreground at any other edge of the crop (bool).
        fill: share of the crop that is foreground (f8).
    """

    pixels: NDArray[np.int64]
    body_area: NDArray[np.float64]
    body_height: NDArray[np.float64]
    largest: NDArray[np.float64]
    cut_by_frame: NDArray[np.bool_]
    cut_by_crop: NDArray[np.bool_]
    fill: NDArray[np.float64]

    @staticmethod
    def join(parts: list[Measures]) -> Measures:
        """Puts the blocks of one tracklet together again."""
        names = Measures.__dataclass_fields__
        return Measures(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def measure(masks: Images, box: NDArray[np.float32], frame_size: tuple[int, int]) -> Measures:
    """Measures masks.

    Args:
        masks: `[n, h, w]` u1, 0 is background.
        box: `[n, 4]` f4, xyxy in source pixels: what each mask covers.
        frame_size: width and height of the source picture.
    """
    height, width = masks.shape[1:]
    box_width, box_height = (box[:, 2] - box[:, 0]).astype(float), (box[:, 3] - box[:, 1]).astype(float)
    pixels = np.array([cv2.countNonZero(mask) for mask in masks], np.int64)
    tops, bottoms = foreground_rows(masks)
    touches = _touched_edges(masks)
    at_border = np.stack(
        [box[:, 0] <= 0, box[:, 1] <= 0, box[:, 2] >= frame_size[0], box[:, 3] >= frame_size[1]], axis=1
    )
    return Measures(
        pixels=pixels,
        body_area=pixels * (box_width * box_height / (height * width)),
        body_height=(bottoms - tops) * (box_height / height),
        largest=np.array([_largest_share(mask, int(n)) for mask, n in zip(masks, pixels, strict=True)], float),
        cut_by_frame=np.any(touches & at_border, axis=1),
        cut_by_crop=np.any(touches & ~at_border, axis=1),
        fill=pixels / (height * width),
    )


def _touched_edges(masks: Images) -> NDArray[np.bool_]:
    """Whether the foreground reaches the left, top, right and bottom edge, `[n, 4]`."""
    edges = (masks[:, :, :_EDGE], masks[:, :_EDGE], masks[:, :, -_EDGE:], masks[:, -_EDGE:])
    return np.stack([edge.any(axis=(1, 2)) for edge in edges], axis=1)


def _largest_share(mask: Images, pixels: int) -> float:
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    if count == 1:
        return 0.0
    if count == 2:
        return 1.0
    return float(np.bincount(labels.ravel())[1:].max() / pixels)
