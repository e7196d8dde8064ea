"""Small drawing helpers on `[h, w, 3]` uint8 RGB images, in place."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
GREY: Colour = (150, 155, 165)
RED: Colour = (235, 70, 60)
GREEN: Colour = (70, 220, 110)
PAPER: Colour = (24, 26, 30)

_PALETTE: tuple[Colour, ...] = (
    (70, 220, 110), (90, 170, 255), (255, 190, 60), (235, 110, 200), (120, 230, 230), (200, 150, 255),
)  # fmt: skip
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def identity_colour(name: str) -> Colour:
    """A colour that a tracklet keeps: by its number where the name is one."""
    return _PALETTE[(int(name) if name.isdigit() else sum(name.encode())) % len(_PALETTE)]


def text(image: Image, words: str, x: int, y: int, *, scale: float = 0.42, colour: Colour = WHITE) -> None:
    """Writes ASCII words with their baseline at (x, y)."""
    plain = words.encode("ascii", "replace").decode()
    cv2.putText(image, plain, (x, y), _FONT, scale, colour, 1, cv2.LINE_AA)


def text_width(words: str, scale: float = 0.42) -> int:
    """Width of the words in pixels."""
    return int(cv2.getTextSize(words, _FONT, scale, 1)[0][0])


def tint(image: Image, mask: NDArray[np.uint8], colour: Colour) -> None:
    """Lays a colour over the mask (0 or 255, of the image's size) at a third, and draws its contour."""
    inside = mask > 127
    image[inside] = (image[inside] * (2 / 3) + np.array(colour) / 3).astype(np.uint8)
    contours, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(image, contours, -1, colour, 1)


def fit(image: Image, height: int, width: int) -> Image:
    """Scales to `height` × `width`, smooth when shrinking."""
    method = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), dtype=np.uint8)
