"""From a crop and the background behind it to a mask: difference in colour, shadows let through, edges by mixing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.interface import Images

_Float = NDArray[np.float32]

_LIGHTNESS, _COLOUR = 0.6, 1.6  # weights: light changes of themselves, colour hardly
_LEAST, _SPREADS = 4.5, 3.5  # a pixel differs from here on, Lab units: at least, and in standard deviations
_SHADOW_SPAN = (0.75, 0.9)  # height in the person's box from which, and from which fully, shadows are looked for
_SHADOW_DEPTH = (0.85, 0.5)  # darkest share of the background's light that counts as shadow: above and below that
_SHADOW_DISCOUNT = 0.7
_BAND = 9  # width of the strip along the outline that is decided anew, crop pixels
_AROUND = 21  # surroundings whose body colour an outline pixel is compared with, crop pixels


def body_mask(crop: Images, background: Images, spread: _Float, person: _Float) -> Images:
    """The mask of what stands before the background.

    Args:
        crop: `[h, w, 3]` u1 RGB.
        background: `[h, w, 3]` u1 RGB, what the crop would show without people.
        spread: `[h, w]` f4, its noise, grey levels.
        person: `[4]` f4, the person's box in the crop, xyxy.

    Returns:
        `[h, w]` u1, 0 or 255.
    """
    background = _same_light(crop, background, person)
    evidence = np.clip(_evidence(crop, background, spread, person), -3, 4)
    evidence = cv2.GaussianBlur(evidence, (0, 0), 1.2)
    mask = (evidence > 0).astype(np.uint8) * np.uint8(255)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(5))
    return np.asarray(cv2.medianBlur(_outline_by_mixing(mask, crop, background), 5), np.uint8)


def _evidence(crop: Images, background: Images, spread: _Float, person: _Float) -> _Float:
    front, back = _lab(cv2.GaussianBlur(crop, (0, 0), 1)), _lab(cv2.GaussianBlur(background, (0, 0), 1))
    difference = front - back
    weight = _LIGHTNESS * (1 - _SHADOW_DISCOUNT * _shadow(front[..., 0], back[..., 0], person))
    distance = np.sqrt(
        (weight * difference[..., 0]) ** 2 + _COLOUR**2 * (difference[..., 1] ** 2 + difference[..., 2] ** 2)
    )
    threshold = np.sqrt(_LEAST**2 + (_SPREADS * spread) ** 2)
    return np.asarray((distance - threshold) / (0.35 * threshold), np.float32)


def _shadow(front: _Float, back: _Float, person: _Float) -> _Float:
    """How far a pixel looks like background in shadow, in [0, 1]: darker, but not as dark as clothes, near the floor."""
    ratio = (front + 8) / (back + 8)
    rows = (np.arange(front.shape[0]) + 0.5 - person[1]) / max(float(person[3] - person[1]), 1)
    low = np.clip((rows - _SHADOW_SPAN[0]) / (_SHADOW_SPAN[1] - _SHADOW_SPAN[0]), 0, 1)[:, None]
    darkest = _SHADOW_DEPTH[0] + (_SHADOW_DEPTH[1] - _SHADOW_DEPTH[0]) * low
    return np.asarray(np.clip((ratio - darkest) / 0.1, 0, 1) * np.clip((1.02 - ratio) / 0.04, 0, 1), np.float32)


def _same_light(crop: Images, background: Images, person: _Float) -> Images:
    """The background under the crop's exposure, by the median ratio of colours beside the person."""
    beside = np.ones(crop.shape[:2], bool)
    left, top, right, bottom = person.round().astype(int)
    beside[max(top, 0) : bottom, max(left, 0) : right] = False
    if beside.sum() < 200:
        return background
    gain = np.median((crop[beside] + 8.0) / (background[beside] + 8.0), axis=0)
    return np.clip(background * np.clip(gain, 0.8, 1.25), 0, 255).astype(np.uint8)


def _outline_by_mixing(mask: Images, crop: Images, background: Images) -> Images:
    """Decides pixels along the outline by what share of the nearby body's colour they hold."""
    inner, outer = cv2.erode(mask, _disc(_BAND)), cv2.dilate(mask, _disc(_BAND))
    front, back = crop.astype(np.float32), background.astype(np.float32)
    weight = (inner > 0).astype(np.float32) + np.float32(0.02) * (mask > 0)
    total = cv2.boxFilter(weight, -1, (_AROUND, _AROUND))[..., None] + 1e-6
    body = cv2.boxFilter(front * weight[..., None], -1, (_AROUND, _AROUND)) / total
    contrast = body - back
    share = ((front - back) * contrast).sum(-1) / ((contrast**2).sum(-1) + 30)
    band = (outer > 0) & (inner == 0)
    return np.where(band, share > 0.5, mask > 0).astype(np.uint8) * np.uint8(255)


def _lab(image: Images) -> _Float:
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _disc(size: int) -> Images:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
