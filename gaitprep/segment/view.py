"""A crop beside its background, made comparable: same size, same light, same smoothing, in a colour space for it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.interface import Images
from gaitprep.segment.samples import SMOOTHING

Floats = NDArray[np.float32]

_LEAST_BESIDE = 60  # pixels beside the person from which the light is measured
_MOST_GAIN = 1.25
_LIGHTNESS = np.array([2.55, 1, 1], np.float32)  # lightness from 0–100 to 0–255, so that it weighs as colours do


@dataclass(frozen=True)
class View:
    """A crop at the source's own resolution (at most 128×128), and what it would show without the person.

    Attributes:
        crop, background: `[h, w, 3]` f4 RGB, 0–255, the background under the crop's light.
        lab, lab_background: `[h, w, 3]` f4, both smoothed: lightness 0–255, a, b.
        spread: `[h, w]` f4, noise of the background, grey levels.
        seen: `[h, w]` bool, where the background is known.
        person: box of the person, xyxy in pixels of the view.
    """

    crop: Floats
    background: Floats
    lab: Floats
    lab_background: Floats
    spread: Floats
    seen: NDArray[np.bool_]
    person: tuple[float, float, float, float]


def make_view(
    crop: Images, behind: tuple[Images, Floats, Floats], size: NDArray[np.float32], person: NDArray[np.float32]
) -> View:
    """Makes the view of one crop.

    Work is done at the source's resolution, in true proportions: enlarged pixels carry nothing new, and distances along
    both axes mean the same.

    Args:
        crop: `[s, s, 3]` u1 RGB.
        behind: colour `[s, s, 3]` u1, spread `[s, s]` f4 and known share `[s, s]` f4 of the background there.
        size: width and height of what the crop covers, source pixels.
        person: box of the person in the crop, xyxy in pixels of the crop.
    """
    side = crop.shape[0]
    scale = min(1.0, side / float(size[1]))
    width, height = (int(np.clip(round(float(length) * scale), 8, side)) for length in size)
    front, back, spread, share = (
        np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        for image in (crop, *behind)
    )
    left, top, right, bottom = np.round(person * np.array([width, height, width, height], np.float32) / side).tolist()
    back = back * gain(front, back, (int(left), int(top), int(right), int(bottom)))
    smooth = cv2.GaussianBlur(front, (0, 0), SMOOTHING)
    person_box = (left, top, max(right, left + 1.0), max(bottom, top + 1.0))
    return View(front, back, _lab(smooth), _lab(back), spread, share > 0.5, person_box)


def gain(front: Floats, back: Floats, person: tuple[int, int, int, int]) -> Floats:
    """The change of light since the background was seen, `[3]`: the median ratio beside the person."""
    beside = np.ones(front.shape[:2], np.bool_)
    beside[person[1] : person[3], person[0] : person[2]] = False
    if int(beside.sum()) < _LEAST_BESIDE:
        return np.ones(3, np.float32)
    ratio = np.median((front[beside] + 1) / (back[beside] + 1), axis=0)
    return np.asarray(np.clip(ratio, 1 / _MOST_GAIN, _MOST_GAIN), np.float32)


def _lab(image: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(np.minimum(image / 255, 1), cv2.COLOR_RGB2LAB) * _LIGHTNESS, np.float32)
