"""Which material covers a place on the body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.cloth import Cloth
from gaitprep.synth.compiled import compiled
from gaitprep.synth.things import Thing
from gaitprep.synth.wardrobe import Look, Outfit

Floats = NDArray[np.float64]

SKIN, HAIR, SHIRT, TROUSERS, SHOES, EYES, SKIRT, HAT, BAG, TRIM = range(10)
_COLLAR_SLOPE = 0.5
_SHOE_TOP = -0.752
_STRANDS = 0.35


def cut(look: Look, outfit: Outfit) -> Floats:
    """The numbers that `material` needs of a look and an outfit."""
    return np.array([outfit.hem, outfit.sleeve, outfit.collar, outfit.cuff, look.hairline])


def cloths(look: Look, outfit: Outfit, thing: Thing | None) -> Floats:
    """`[10, 11]` the cloth of each material (see `Cloth.row`); what nobody wears is black."""
    red, green, blue = look.skin
    none = Cloth((0, 0, 0))
    own = {
        SKIN: Cloth(look.skin),
        HAIR: Cloth(look.hair, folds=_STRANDS),
        SHIRT: outfit.shirt,
        TROUSERS: outfit.trousers,
        SHOES: outfit.shoes,
        EYES: Cloth((red // 3, green // 3, blue // 3)),
        SKIRT: outfit.skirt.cloth if outfit.skirt else none,
        HAT: outfit.hat.cloth if outfit.hat else none,
        BAG: thing.cloth if thing else none,
        TRIM: thing.trim if thing else none,
    }
    return np.stack([own[kind].row() for kind in range(len(own))])


@compiled
def material(x: float, y: float, z: float, arm: float, shape: Floats) -> int:
    """The material at a place of the mean body (see `canon`)."""
    if arm > -0.05:
        return SHIRT if arm < shape[1] else SKIN
    if z > shape[2] + _COLLAR_SLOPE * (y + 0.02):
        if z > 0.905 + shape[4] - 1.06 * (y + 0.16) and z > 0.7:
            return HAIR
        eye_x, eye_z = (abs(x) - 0.034) / 0.014, (z - 0.832) / 0.007
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
