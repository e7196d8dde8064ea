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
_KNOWN = 12  # numbers that are kept of a cell of noise
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
def nothing_known() -> Floats:
    """`[24]` what `dye` remembers of the last place, before there was one."""
    return np.full(2 * _KNOWN, np.nan)


@compiled
def dye(cloths: Floats, kind: int, x: float, y: float, z: float, arm: float, known: Floats) -> tuple[float, float]:
    """Share of the second colour and brightness at a place on a cloth (see `canon`).

    Args:
        cloths: rows from `Cloth.row`, and kind: the number of one.
        known: from `nothing_known`; the same for place after place saves time where they are near one another.
    """
    pattern, scale, salt = int(cloths[kind, _PATTERN]), cloths[kind, _SCALE], int(cloths[kind, _SALT])
    across = 0.8 * x + 0.6 * y  # slanted, so that neither the front nor the sides lie along it
    down = arm * _SLEEVE if arm > -0.05 else -z
    share = 0.0
    if pattern == STRIPE:
        share = _band(across if cloths[kind, _UPRIGHT] > 0.5 else down, scale)
    elif pattern == CHECK:
        share = 0.5 * _band(across, scale) + 0.5 * _band(down, scale)
    elif pattern == NOISE:
        share = _step(_noise(x / scale, y / scale, z / scale, salt, known, 0), 0.42, 0.58)
    elif pattern == GRADIENT:
        share = _step(-z, -0.3 - 0.5 * scale, -0.3 + 0.5 * scale)
    elif pattern == PATCHES:
        share = _hash(int(np.floor(across / scale)), int(np.floor(down / scale)), 0, salt)
        share = 1.0 if share > 0.55 else 0.0
    folds = cloths[kind, _FOLDS]
    if folds == 0.0:
        return share, 1.0
    return share, 1.0 + folds * (_noise(17 * x + 6 * z, 17 * y, 11 * z + 4 * x, salt, known, _KNOWN) - 0.5)


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
def _noise(x: float, y: float, z: float, salt: int, known: Floats, at: int) -> float:
    """Smooth noise in [0, 1] with a grain of 1; what is `known` from `at` on: the last cell, its salt, its corners."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    if known[at] != i or known[at + 1] != j or known[at + 2] != k or known[at + 3] != salt:
        known[at], known[at + 1], known[at + 2], known[at + 3] = i, j, k, salt
        for corner in range(8):
            known[at + 4 + corner] = _hash(i + (corner & 1), j + ((corner >> 1) & 1), k + (corner >> 2), salt)
    u, v, w = _step(x - i, 0.0, 1.0), _step(y - j, 0.0, 1.0), _step(z - k, 0.0, 1.0)
    total = (1.0 - u) * (1.0 - v) * (1.0 - w) * known[at + 4]
    total += u * (1.0 - v) * (1.0 - w) * known[at + 5]
    total += (1.0 - u) * v * (1.0 - w) * known[at + 6]
    total += u * v * (1.0 - w) * known[at + 7]
    total += (1.0 - u) * (1.0 - v) * w * known[at + 8]
    total += u * (1.0 - v) * w * known[at + 9]
    total += (1.0 - u) * v * w * known[at + 10]
    return float(total + u * v * w * known[at + 11])


@compiled
def _hash(i: int, j: int, k: int, salt: int) -> float:
    """A number in [0, 1] that belongs to three whole numbers; every product stays below 2^63."""
    mixed = (i * 374761393 + j * 668265263 + k * 1442695041 + salt * 974634599) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 1274126177) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1103515245) & 0xFFFFFFFF
    return float((mixed ^ (mixed >> 16)) & 0xFFFF) / 65535.0
