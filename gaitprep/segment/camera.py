"""Whether the camera stands still: only then is there a background to compare with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.median import Background
from gaitprep.segment.samples import Samples

MOVES_FROM = 0.3
"""Unrest from which a camera is said to move; still cameras measured 0.05–0.2, one that shakes by a pixel 0.4."""

_LOOKED_AT = 12  # samples
_FINE, _COARSE = 5, 31  # pixels: structure between these sizes; below is noise, above are light and shadow
_WHITE = 0.3  # of the residual's deviation outlives averaging in structure, less in sensor noise
_LEAST_PIXELS = 200


def unrest(samples: Samples, background: Background) -> float:
    """How much the structure of the scene itself changes from sample to sample, beside the people.

    Structure of the difference to the background over structure of the picture: 0 for a still scene, about 1 for a
    background that is a blur of many views.
    """
    still = _grey(background.colour)
    found = []
    for index in range(0, len(samples.images), max(1, len(samples.images) // _LOOKED_AT)):
        usable = ~samples.people[index] & background.seen
        inner = cv2.erode(usable.astype(np.uint8), np.ones((_FINE, _FINE), np.uint8)) > 0
        if int(inner.sum()) < _LEAST_PIXELS:
            continue
        picture = _grey(samples.images[index])
        rest = picture - still
        rest[~usable] = np.median(rest[usable])
        change, structure = _band(rest)[inner], _band(picture)[inner]
        is_noise = change.std() < _WHITE * rest[inner].std()
        share = np.abs(change).mean() / max(float(np.abs(structure).mean()), 1e-3)
        found.append(0.0 if is_noise else float(share))
    return float(np.median(found)) if found else 0.0


def _grey(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)


def _band(image: NDArray[np.float32]) -> NDArray[np.float32]:
    fine, coarse = cv2.boxFilter(image, -1, (_FINE, _FINE)), cv2.boxFilter(image, -1, (_COARSE, _COARSE))
    return np.asarray(fine - coarse, np.float32)
