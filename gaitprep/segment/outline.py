"""The outline of a mask to a fraction of a pixel, by mixing: what share of a pixel's colour is the body's?"""

from __future__ import annotations

import cv2
import numpy as np

from gaitprep.segment.interface import Images
from gaitprep.segment.view import Floats, View

_SMOOTHING = 0.8  # pixels, of the log odds
_SURE = 2.0  # log odds beyond which nothing is surer
_AROUND = 7  # pixels: the body's colour near a pixel is the mean over a square of this side
_KEPT, _ADDED = 0.42, 0.55  # share of the body from which a pixel stays body, and from which another becomes body
_STEEP = 3.0
_OPPOSITE, _DISTINCT = -0.1, 300.0  # a pixel that differs from the background the other way is no mixture
_LAST_SMOOTHING = 0.6


def draw_mask(view: View, odds: Floats, side: int) -> Images:
    """The mask of a view.

    Along the outline, camera, scaling and video coding mix body and background. With the colours of both at hand, the
    share of the body follows by projection; it places the outline where the odds alone would put it too far out.

    Args:
        view: the view.
        odds: `[h, w]` log odds of body.
        side: of the square mask, pixels.

    Returns:
        `[side, side]` u1, 0 or 255.
    """
    smooth = cv2.GaussianBlur(np.clip(odds, -_SURE, _SURE), (0, 0), _SMOOTHING)
    body = cv2.morphologyEx((smooth > 0).astype(np.uint8), cv2.MORPH_OPEN, _disc(3))
    strip = (cv2.dilate(body, _disc(5)) > 0) & (cv2.erode(body, _disc(5)) == 0)
    level = np.where(strip, _mixing_level(view, body), body * np.float32(2) - 1)
    level = cv2.GaussianBlur(level.astype(np.float32), (0, 0), _LAST_SMOOTHING)
    enlarged = cv2.resize(level, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.where(enlarged > 0, 255, 0).astype(np.uint8)


def _mixing_level(view: View, body: Images) -> Floats:
    """1 where a pixel is body, -1 where background, between along the way, `[h, w]`."""
    difference = view.crop - view.background
    weight = cv2.erode(body, _disc(3)) + np.float32(0.05) * body + np.float32(1e-3)
    near = _mean(difference * weight[..., None]) / _mean(weight)[..., None]
    product = (difference * near).sum(-1)
    share = product / ((near * near).sum(-1) + 30)
    opposite = (share < _OPPOSITE) & ((difference * difference).sum(-1) > _DISTINCT)
    level = np.clip((share - np.where(body, _KEPT, _ADDED)) * _STEEP, -1, 1)
    return np.where(opposite, body * np.float32(2) - 1, level).astype(np.float32)


def _mean(image: Floats) -> Floats:
    return np.asarray(cv2.boxFilter(image.astype(np.float32), -1, (_AROUND, _AROUND)), np.float32)


def _disc(size: int) -> Images:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
