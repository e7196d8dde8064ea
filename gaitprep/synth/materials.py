"""Which material covers a place on the body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled
from gaitprep.synth.wardrobe import Look, Outfit

Floats = NDArray[np.float64]

SKIN, HAIR, SHIRT, TROUSERS, SHOES, EYES = range(6)
_COLLAR_SLOPE = 0.5
_SHOE_TOP = -0.752


def cut(look: Look, outfit: Outfit) -> Floats:
    """The numbers that `material` needs of a look and an outfit."""
    return np.array([outfit.hem, outfit.sleeve, outfit.collar, outfit.cuff, look.hairline])


def colours(look: Look, outfit: Outfit) -> Floats:
    """`[6, 3]` linear light in [0, 1] of each material."""
    eyes = tuple(channel // 3 for channel in look.skin)
    srgb = np.array([look.skin, look.hair, outfit.shirt, outfit.trousers, outfit.shoes, eyes]) / 255.0
    return np.asarray(srgb**2.2)


@compiled
def material(x: float, y: float, z: float, arm: float, shape: Floats) -> int:
    """The material at a place of the mean body (see `canon`)."""
    if arm > -0.05:
        return SHIRT if arm < shape[1] else SKIN
    if z > shape[2] + _COLLAR_SLOPE * (y + 0.02):
        if z > 0.905 + shape[4] - 1.06 * (y + 0.16) and z > 0.7:
            return HAIR
        eye_x, eye_z = (abs(x) - 0.034) / 0.017, (z - 0.832) / 0.011
        if y < -0.1 and eye_x * eye_x + eye_z * eye_z < 1.0:
            return EYES
        return SKIN
    if z > shape[0]:
        return SHIRT
    if z > shape[3]:
        return TROUSERS
    return SKIN if z > _SHOE_TOP else SHOES


@compiled
def materials(places: Floats, shape: Floats) -> NDArray[np.int64]:
    """The material of each place `[n, 4]`."""
    found = np.empty(places.shape[0], np.int64)
    for index in range(places.shape[0]):
        x, y, z, arm = places[index]
        found[index] = material(x, y, z, arm, shape)
    return found
