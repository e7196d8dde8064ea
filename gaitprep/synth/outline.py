"""Outlines: how far what hangs round something stands off, direction by direction."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
_LEAST = 0.04
"""Metres: the centre itself counts as a pole of this radius, so that it is inside whatever the points are."""


@lru_cache(maxsize=8)
def directions(count: int) -> Floats:
    """`[count, 2]` unit vectors all round."""
    angle = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@lru_cache(maxsize=8)
def secants(count: int) -> Floats:
    """`[count, count]` 1 / cosine between two directions; infinite where they are nearly square or opposite."""
    cosine = directions(count) @ directions(count).T
    return np.where(cosine > 0.15, 1.0 / np.maximum(cosine, 0.15), np.inf)


@compiled
def outlines(points: Floats, levels: Floats, reach: float, way: Floats, secant: Floats) -> Floats:
    """Radii of the convex hulls of points at several levels.

    Args:
        points: `[p, 3]`, the axis being x = y = 0; levels: `[r]` heights; reach: a point counts for levels this near.
        way, secant: from `directions(k)` and `secants(k)`.

    Returns:
        `[r, k]` metres from the axis.
    """
    count = way.shape[0]
    support = np.full((levels.shape[0], count), _LEAST)
    for point in range(points.shape[0]):
        x, y, z = points[point, 0], points[point, 1], points[point, 2]
        for level in range(levels.shape[0]):
            if abs(z - levels[level]) < reach:
                for k in range(count):
                    reached = x * way[k, 0] + y * way[k, 1]
                    support[level, k] = reached if reached > support[level, k] else support[level, k]
    radii = np.full_like(support, np.inf)
    for level in range(levels.shape[0]):
        for other in range(count):
            for k in range(count):  # innermost, as then processors take several at once; `secant` is symmetric
                reached = support[level, other] * secant[other, k]
                radii[level, k] = reached if reached < radii[level, k] else radii[level, k]
    return radii


def outline(points: Floats, count: int) -> Floats:
    """`[count]` radii of the convex hull of points `[p, 2]` round the origin."""
    flat = np.concatenate([points, np.zeros((len(points), 1))], axis=1)
    return np.asarray(outlines(flat, np.zeros(1), 1.0, directions(count), secants(count))[0])
