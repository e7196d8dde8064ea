"""Cloth: its colours and its pattern, which stick to it because they are looked up at places on the cloth at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
"""sRGB, 0 to 255."""
Pattern = Literal["plain", "stripe", "check", "noise", "gradient", "patches"]

PLAIN, STRIPE, CHECK, NOISE, GRADIENT, PATCHES = range(6)
COLUMNS = 11
_OWN, _SECOND, _PATTERN, _SCALE, _UPRIGHT, _SALT, _FOLDS = 0, 3, 6, 7, 8, 9, 10
_SLEEVE = 0.56  # metres from shoulder to wrist


@dataclass(frozen=True)
class Cloth:
    """A material.

    Attributes:
        colour, second: of the ground and of the pattern.
        scale: metres after which the pattern repeats, or the size of its spots; for a gradient, its length.
        upright: whether stripes run up and down.
        salt: tells patterns of the same kind and scale apart.
        folds: how much light the folds of the cloth take and give, as a share.
    """

    colour: Colour
    pattern: Pattern = "plain"
    second: Colour = (0, 0, 0)
    scale: float = 0.1
    upright: bool = False
    salt: int = 0
    folds: float = 0.0

    def row(self) -> Floats:
        """`[11]` what `dye` needs; colours in linear light."""
        srgb = np.array([*self.colour, *self.second]) / 255.0
        pattern = get_args(Pattern).index(self.pattern)
        return np.array([*srgb**2.2, pattern, self.scale, float(self.upright), self.salt, self.folds])


@compiled
def dye(cloth: Floats, x: float, y: float, z: float, arm: float) -> tuple[float, float]:
    """Share of the second colour and brightness at a place on the cloth (see `canon`)."""
    pattern, scale, salt = int(cloth[_PATTERN]), cloth[_SCALE], int(cloth[_SALT])
    across = 0.8 * x + 0.6 * y  # slanted, so that neither the front nor the sides lie along it
    down = arm * _SLEEVE if arm > -0.05 else -z
    share = 0.0
    if pattern == STRIPE:
        share = _band(across if cloth[_UPRIGHT] > 0.5 else down, scale)
    elif pattern == CHECK:
        share = 0.5 * _band(across, scale) + 0.5 * _band(down, scale)
    elif pattern == NOISE:
        share = _step(_noise(x / scale, y / scale, z / scale, salt), 0.42, 0.58)
    elif pattern == GRADIENT:
        share = _step(-z, -0.3 - 0.5 * scale, -0.3 + 0.5 * scale)
    elif pattern == PATCHES:
        share = _hash(int(np.floor(across / scale)), int(np.floor(down / scale)), 0, salt)
        share = 1.0 if share > 0.55 else 0.0
    if cloth[_FOLDS] == 0.0:
        return share, 1.0
    return share, 1.0 + cloth[_FOLDS] * (_noise(17 * x + 6 * z, 17 * y, 11 * z + 4 * x, salt) - 0.5)


@compiled
def _band(place: float, period: float) -> float:
    """1 over 0.4 of a period, else 0, with soft edges."""
    turn = place / period
    turn -= np.floor(turn)
    return float(_step(turn, 0.0, 0.06) * (1.0 - _step(turn, 0.4, 0.46)))


@compiled
def _step(value: float, low: float, high: float) -> float:
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@compiled
def _noise(x: float, y: float, z: float, salt: int) -> float:
    """Smooth noise in [0, 1] with a grain of 1."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = _step(x - i, 0.0, 1.0), _step(y - j, 0.0, 1.0), _step(z - k, 0.0, 1.0)
    total = 0.0
    for corner in range(8):
        a, b, c = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = (u if a else 1.0 - u) * (v if b else 1.0 - v) * (w if c else 1.0 - w)
        total += weight * _hash(i + a, j + b, k + c, salt)
    return total


@compiled
def _hash(i: int, j: int, k: int, salt: int) -> float:
    """A number in [0, 1] that belongs to three whole numbers; every product stays below 2^63."""
    mixed = (i * 374761393 + j * 668265263 + k * 1442695041 + salt * 974634599) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 1274126177) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1103515245) & 0xFFFFFFFF
    return float((mixed ^ (mixed >> 16)) & 0xFFFF) / 65535.0
