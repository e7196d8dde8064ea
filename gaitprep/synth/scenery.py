"""Things that stand about: meshes with a surface, from which the scenes of the worlds are built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.texture import Noise

Floats = NDArray[np.float64]
Surface = Callable[[Floats], Floats]
"""Points in the world `[n, 3]`, metres → sRGB `[n, 3]`, 0 to 255, as under full light."""


@dataclass(frozen=True)
class Thing:
    """A mesh of one material.

    Attributes:
        vertices: `[v, 3]` metres; faces: `[f, 3]` int32; surface: its colours.
    """

    vertices: Floats
    faces: NDArray[np.int32]
    surface: Surface


def plain(*colour: float) -> Surface:
    """One colour all over."""
    return lambda points: np.broadcast_to(np.array(colour, np.float64), points.shape)


def mottled(colour: Floats, noise: Noise, cell: float, strength: float) -> Surface:
    """A colour with brighter and darker spots of about `cell` metres."""

    def surface(points: Floats) -> Floats:
        cloud = noise.cloud(points[:, 0] + 0.7 * points[:, 2], points[:, 1] + 0.7 * points[:, 2], cell)
        return np.asarray((1.0 + strength * cloud)[:, None] * colour)

    return surface


def block(middle: Sequence[float], size: Sequence[float], surface: Surface, turn: float = 0.0) -> Thing:
    """A box: `middle` of its base (x, y, z), `size` along x, y, z, turned about z by `turn` radians."""
    corners = np.array([[x, y, z] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)]) * size
    faces = [[0, 1, 5, 4], [1, 3, 7, 5], [3, 2, 6, 7], [2, 0, 4, 6], [4, 5, 7, 6], [0, 2, 3, 1]]
    return Thing(_turned(corners, turn) + middle, _triangles(faces), surface)


def wall(start: Sequence[float], end: Sequence[float], height: float, surface: Surface, foot: float = 0.0) -> Thing:
    """An upright plane from (x, y) to (x, y); faces to the left of that way. In pieces, for those near a camera."""
    count = max(1, int(np.hypot(end[0] - start[0], end[1] - start[1]) / 1.5))
    way = np.linspace(start, end, count + 1)
    rows = [np.column_stack([way, np.full(count + 1, z)]) for z in (foot, foot + height)]
    faces = [[i, i + 1, count + 2 + i, count + 1 + i] for i in range(count)]
    return Thing(np.concatenate(rows), _triangles(faces)[:, ::-1], surface)


def pole(middle: Sequence[float], radius: float, bottom: float, top: float, surface: Surface, sides: int = 20) -> Thing:
    """An upright cylinder with a lid, round (x, y)."""
    angle = 2 * np.pi * np.arange(sides) / sides
    ring = np.column_stack([middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)])
    rings = [np.column_stack([ring, np.full(sides, z)]) for z in (bottom, top)]
    after = (np.arange(sides) + 1) % sides
    faces = [[i, after[i], sides + after[i], sides + i] for i in range(sides)]
    lid = np.array([[2 * sides, sides + i, sides + after[i]] for i in range(sides)], np.int32)
    vertices = np.concatenate([*rings, [[middle[0], middle[1], top]]])
    return Thing(vertices, np.concatenate([_triangles(faces), lid]), surface)


def blob(middle: Sequence[float], radii: Sequence[float], surface: Surface, noise: Noise, rough: float = 0.2) -> Thing:
    """A lumpy ellipsoid, such as a bush or the crown of a tree."""
    rings, sides = 12, 24
    up, round_ = np.meshgrid(np.linspace(0, np.pi, rings + 1), 2 * np.pi * np.arange(sides) / sides, indexing="ij")
    unit = np.stack([np.sin(up) * np.cos(round_), np.sin(up) * np.sin(round_), np.cos(up)], axis=-1)
    lumps = noise.at(3.1 * unit[..., 0] + 5 * unit[..., 2] + middle[0], 3.1 * unit[..., 1] + middle[1])
    vertices = (unit * (1.0 + rough * lumps[..., None]) * radii + np.asarray(middle)).reshape(-1, 3)
    after = (np.arange(sides) + 1) % sides
    faces = [
        [row * sides + i, (row + 1) * sides + i, (row + 1) * sides + after[i], row * sides + after[i]]
        for row in range(rings)
        for i in range(sides)
    ]
    return Thing(vertices, _triangles(faces), surface)


def _turned(points: Floats, angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.column_stack([c * points[:, 0] - s * points[:, 1], s * points[:, 0] + c * points[:, 1], points[:, 2]])


def _triangles(quads: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    return np.array([[q[a], q[b], q[c]] for q in quads for a, b, c in ((0, 1, 2), (0, 2, 3))], np.int32)
