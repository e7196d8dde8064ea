"""A made-up walker at source resolution, its crop as the track stage cuts it, and the field's offline alignment."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Crop:
    """mask `[128, 128]` 0/255; ratio = width / height in source pixels; silhouette: offline, bool `[64, 44]`."""

    mask: Picture
    ratio: float
    silhouette: NDArray[np.bool_]

    def tensors(self) -> tuple[Tensor, Tensor]:
        """mask `[1, 128, 128]` bool and ratio `[1]`."""
        return torch.from_numpy(self.mask > 127)[None], torch.tensor([self.ratio])


def walker(height: float, breadth: float, phase: float) -> Picture:
    """A person of about `height` pixels in a square picture, 0/255; `breadth` stretches it sideways."""
    unit = height / 200
    side = int(height * 1.4)
    picture = np.zeros((side, side), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(side / 2 + x * unit * breadth), round(height * 0.15 + y * unit)

    def limb(start: tuple[float, float], end: tuple[float, float], width: float) -> None:
        cv2.line(picture, at(*start), at(*end), 255, max(1, round(width * unit)))

    cv2.circle(picture, at(0, 14), max(1, round(12 * unit)), 255, -1)
    limb((0, 40), (0, 105), 34)
    for sign in (-1, 1):
        swing = sign * 0.5 * np.sin(phase)
        knee = (46 * np.sin(swing), 105 + 46 * np.cos(swing))
        shin = swing - 0.2 - 0.3 * max(0.0, np.cos(phase) * sign)
        foot = (knee[0] + 46 * np.sin(shin), knee[1] + 46 * np.cos(shin))
        elbow = (-37 * np.sin(swing), 45 + 40 * np.cos(swing))
        limb((0, 105), knee, 17)
        limb(knee, foot, 12)
        limb(foot, (foot[0] + 14, foot[1]), 7)
        limb((0, 42), elbow, 10)
        limb(elbow, (elbow[0] + 12, elbow[1] + 28), 8)
    return picture


def crop(picture: Picture, margin: float = 0.08, shift: tuple[int, int] = (0, 0)) -> Crop:
    """Cut the body out with `margin` of its size on each side, displaced by `shift` pixels, squeezed to 128×128."""
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    top = max(0, int(rows[0] - margin * height) + shift[1])
    left = max(0, int(columns[0] - margin * width) + shift[0])
    cut = picture[top : int(rows[-1] + 1 + margin * height) + shift[1]]
    cut = cut[:, left : int(columns[-1] + 1 + margin * width) + shift[0]]
    squeezed = cv2.resize(cut, (128, 128), interpolation=cv2.INTER_LINEAR)
    return Crop(squeezed, cut.shape[1] / cut.shape[0], offline(picture))


def offline(picture: Picture) -> NDArray[np.bool_]:
    """The field's procedure: crop to the body's rows, scale to 64 rows, centre on the median column, 44 columns."""
    rows = np.flatnonzero(picture.any(1))
    body = picture[rows[0] : rows[-1] + 1]
    body = cv2.resize(body, (64 * body.shape[1] // body.shape[0], 64), interpolation=cv2.INTER_CUBIC)
    mass = body.sum(0, dtype=np.int64).cumsum()
    centre = int((mass > mass[-1] / 2).argmax()) + 44
    return np.pad(body, ((0, 0), (44, 44)))[:, centre - 22 : centre + 22] > 127


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((a & b).sum() / (a | b).sum())
