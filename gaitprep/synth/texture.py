"""Procedural surfaces: patterns over coordinates in metres, each returning a brightness around 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
_CELLS = 64


class Noise:
    """Smooth random fields. The same generator state gives the same field; it repeats after 64 cells."""

    def __init__(self, random: np.random.Generator) -> None:
        self._grid = random.random((_CELLS, _CELLS)) * 2.0 - 1.0

    def at(self, x: Floats, y: Floats) -> Floats:
        """Value in [−1, 1] at coordinates in cells."""
        x, y = np.broadcast_arrays(x, y)
        found = np.empty(x.shape)
        _interpolate(self._grid, x.ravel(), y.ravel(), found.reshape(-1))
        return found

    def cloud(self, x: Floats, y: Floats, cell: float, octaves: int = 4) -> Floats:
        """Fractal noise of about [−1, 1]; its largest features measure `cell` metres."""
        total, weight = np.zeros(np.broadcast(x, y).shape), 0.0
        for octave in range(octaves):
            share = 0.55**octave
            scale = 2.0**octave / cell
            total += share * self.at(x * scale + 17.3 * octave, y * scale + 5.9 * octave)
            weight += share
        return total / weight * 1.6


@compiled
def _interpolate(grid: Floats, x: Floats, y: Floats, found: Floats) -> None:
    """Smooth values of a grid that repeats itself, at coordinates `[n]` in cells."""
    for place in range(x.shape[0]):
        column, row = int(np.floor(x[place])), int(np.floor(y[place]))
        u, v = x[place] - column, y[place] - row
        u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
        left, right, top, bottom = column % _CELLS, (column + 1) % _CELLS, row % _CELLS, (row + 1) % _CELLS
        upper = grid[top, left] * (1 - u) + grid[top, right] * u
        lower = grid[bottom, left] * (1 - u) + grid[bottom, right] * u
        found[place] = upper * (1 - v) + lower * v


def paving(x: Floats, y: Floats, size: float, noise: Noise) -> Floats:
    """Square slabs with joints, each slab a little different."""
    across, along = (x / size) % 1.0, (y / size) % 1.0
    joint = (across < 0.035) | (along < 0.035)
    slab = noise.at(np.floor(x / size) * 3.7 + 0.5, np.floor(y / size) * 2.3 + 0.5)
    return np.asarray((1.0 + 0.07 * slab + 0.05 * noise.cloud(x, y, 0.4)) * np.where(joint, 0.78, 1.0))


def bricks(x: Floats, z: Floats, noise: Noise) -> Floats:
    """Courses of bricks, 24 × 8 cm, every other course shifted."""
    course = np.floor(z / 0.08)
    shifted = x + 0.12 * (course % 2)
    mortar = ((z / 0.08) % 1.0 < 0.14) | ((shifted / 0.24) % 1.0 < 0.05)
    brick = noise.at(np.floor(shifted / 0.24) * 1.9 + 0.5, course * 2.9 + 0.5)
    return np.asarray(np.where(mortar, 1.18, 1.0 + 0.16 * brick))


def foliage(x: Floats, z: Floats, noise: Noise) -> Floats:
    """Leaves: lights and darks down to a few centimetres."""
    leaves = noise.cloud(x, z, 0.35, 5) + 0.5 * noise.cloud(x + 31.0, z, 0.07, 2)
    return np.asarray(np.clip(0.85 + 0.5 * leaves, 0.25, 1.7))


def windows(x: Floats, z: Floats, width: float, height: float) -> tuple[Floats, NDArray[np.bool_]]:
    """A façade: its brightness, and where the panes are."""
    across, up = (x / width) % 1.0, (z / height) % 1.0
    frame = (across > 0.2) & (across < 0.8) & (up > 0.3) & (up < 0.85)
    pane = (across > 0.24) & (across < 0.76) & (up > 0.34) & (up < 0.81) & (np.abs(across - 0.5) > 0.02)
    return np.where(frame & ~pane, 1.25, 1.0), pane
