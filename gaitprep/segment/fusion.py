"""What a still background says of each pixel, as evidence that is added to a network's."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.interface import Images
from gaitprep.segment.view import gain

Floats = NDArray[np.float32]

_SMOOTHING = 1.0  # pixels of the crop, standard deviation
_WEIGHTS = np.array([0.6, 1.6, 1.6], np.float32)  # of lightness (0–255), a and b: shadows change the first
_EVEN, _SLOPE = 14.0, 6.0  # the distance that says nothing, and by how much more says one unit
_LEAST, _MOST = -2.0, 3.0
_SHARE = 0.5  # of this evidence: at full weight it hurts where the network is good already


def evidence(crop: Images, behind: tuple[Images, Floats, Floats], person: NDArray[np.float32]) -> Floats:
    """Log odds of body, to be added to the network's: from −1 (as the background) to 1.5 (unlike it).

    Args:
        crop: `[s, s, 3]` u1 RGB.
        behind: colour `[s, s, 3]` u1, spread and known share `[s, s]` f4 of the background there, see `Scene.behind`.
        person: box of the person in the crop, xyxy, pixels.

    Returns:
        `[s, s]` f4; 0 where the background was never seen.
    """
    colour, _, known = behind
    front = crop.astype(np.float32)
    left, top, right, bottom = (round(float(edge)) for edge in person)
    back = colour.astype(np.float32)
    back = back * gain(front, back, (left, top, right, bottom))
    difference = (_lab(front) - _lab(back)) * _WEIGHTS
    distance = np.sqrt(np.sum(difference * difference, axis=2))
    says = _SHARE * np.clip((distance - _EVEN) / _SLOPE, _LEAST, _MOST)
    return np.asarray(np.where(known > 0.5, says, 0), np.float32)


def _lab(image: Floats) -> Floats:
    smooth = cv2.GaussianBlur(np.clip(image, 0, 255) / np.float32(255), (0, 0), _SMOOTHING)
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB) * np.array([2.55, 1, 1], np.float32), np.float32)
