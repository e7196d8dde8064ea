"""From a frame to the picture that the network sees, and its boxes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

STRIDE = 32
GREY = 114

_SMALL, _MIDDLE, _LARGE = 320, 640, 1280


def automatic_size(width: int, height: int) -> int:
    """The long side that suits a video of that size, pixels.

    Up to 640 pixels the network sees every pixel; it finds walkers of 320×240 video at 320 as well as at 640, in a
    quarter of the time. Above, pictures shrink by half at most, so that a person of 64 pixels, the least that fills a
    silhouette, still has 32; beyond 2560 pixels time counts more.
    """
    long = max(width, height)
    if long <= _MIDDLE:
        return max(_SMALL, _up(long))
    return min(max(_MIDDLE, _up(math.ceil(long / 2))), _LARGE)


def _up(length: float) -> int:
    return math.ceil(length / STRIDE) * STRIDE


@dataclass(frozen=True)
class Letterbox:
    """A frame scaled to fit, in the middle of a rectangle whose sides are multiples of 32, on grey.

    The same geometry as ultralytics' own rectangular inference.

    Attributes:
        source: (width, height) of the frame.
        inner: (width, height) of the scaled frame.
        size: (width, height) of the rectangle.
        left, top: where the scaled frame lies in it.
        scale: source pixel → picture pixel.
    """

    source: tuple[int, int]
    inner: tuple[int, int]
    size: tuple[int, int]
    left: int
    top: int
    scale: float

    @staticmethod
    def fit(width: int, height: int, long_side: int) -> Letterbox:
        """The letterbox for frames of `width`×`height` whose long side becomes `long_side` (rounded up to 32)."""
        scale = _up(long_side) / max(width, height)
        inner = max(1, round(width * scale)), max(1, round(height * scale))
        size = _up(inner[0]), _up(inner[1])
        left, top = (round((outer - side) / 2 - 0.1) for outer, side in zip(size, inner, strict=True))
        return Letterbox((width, height), inner, size, left, top, scale)

    def blank(self, count: int) -> NDArray[np.uint8]:
        """Grey pictures `[count, h, w, 3]` uint8 for `place` to fill."""
        return np.full((count, self.size[1], self.size[0], 3), GREY, np.uint8)

    def place(self, image: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
        """Puts a frame `[h, w, 3]` uint8 into one of the blank pictures."""
        width, height = self.inner
        if self.inner != self.source:
            image = np.asarray(cv2.resize(image, self.inner, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        picture[self.top : self.top + height, self.left : self.left + width] = image

    def to_source(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes `[k, 4]` xyxy in picture pixels → source pixels, clipped to the frame."""
        offset = np.array([self.left, self.top] * 2, np.float32)
        moved = (boxes - offset) / np.float32(self.scale)
        return np.asarray(np.clip(moved, 0, np.array(self.source * 2)), dtype=np.float32)

    def to_picture(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes `[k, 4]` xyxy in source pixels → picture pixels."""
        offset = np.array([self.left, self.top] * 2, np.float32)
        return np.asarray(boxes * np.float32(self.scale) + offset, dtype=np.float32)
