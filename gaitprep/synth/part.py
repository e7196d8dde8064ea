"""Parts: meshes that are worn or carried, moved by the body's bones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.canon import OFF_ARM

Faces = NDArray[np.int32]


@dataclass(frozen=True)
class Part:
    """A mesh at rest.

    Attributes:
        vertices: `[p, 3]`; faces: `[q, 3]` int32, counter-clockwise from outside; places: `[p, 4]` for its pattern.
        weights: `[p, k]` float32 falling along k, and bones: `[p, k]` uint8, as those of the body.
        material: see `materials`.
    """

    vertices: Floats
    faces: Faces
    places: Floats
    weights: NDArray[np.float32]
    bones: NDArray[np.uint8]
    material: int


def rigid(vertices: Floats, faces: Faces, bone: int, material: int) -> Part:
    """A part that moves with one bone; its pattern is that of the space which it fills."""
    weights = np.ones((len(vertices), 1), np.float32)
    return Part(vertices, faces, on_cloth(vertices), weights, np.full((len(vertices), 1), bone, np.uint8), material)


def on_cloth(vertices: Floats) -> Floats:
    """`[p, 4]` places of vertices that belong to no arm."""
    return np.concatenate([vertices, np.full((len(vertices), 1), OFF_ARM)], axis=1)


def clinging(
    vertices: Floats, faces: Faces, body: Body, rest: Floats, members: NDArray[np.intp], material: int
) -> Part:
    """A part each vertex of which moves with the nearest of the body's vertices `members [m]`."""
    nearest = np.empty(len(vertices), np.intp)
    for index, vertex in enumerate(vertices):
        nearest[index] = members[np.argmin(np.sum((rest[members] - vertex) ** 2, axis=1))]
    weights, bones = body.data["weights"][nearest], body.data["weight_bones"][nearest]
    return Part(vertices, faces, on_cloth(vertices), weights, bones, material)


def tube(rows: int, count: int) -> Faces:
    """`[q, 3]` faces of `rows` rings of `count` vertices each, from the top down; rings run from x to y."""
    row, place = (grid.ravel() for grid in np.meshgrid(np.arange(rows - 1), np.arange(count), indexing="ij"))
    after = (place + 1) % count
    a, b = row * count + place, (row + 1) * count + place
    c, d = (row + 1) * count + after, row * count + after
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)


def rings(radii: Floats, levels: Floats, way: Floats) -> Floats:
    """`[r * k, 3]` vertices of rings with radii `[r, k]` at heights `[r]`; way: `[k, 2]` directions."""
    flat = radii[:, :, None] * way
    return np.concatenate([flat, np.broadcast_to(levels[:, None, None], (*radii.shape, 1))], axis=2).reshape(-1, 3)


def superellipsoid(
    half: tuple[float, float, float], power: float, rows: int = 9, count: int = 16
) -> tuple[Floats, Faces]:
    """Vertices and faces of a box with round edges about the origin.

    Args:
        half: half its size along x, y, z in metres; power: 1 is an ellipsoid, near 0 a box.
    """
    latitude = np.linspace(np.pi / 2, -np.pi / 2, rows)
    angle = 2 * np.pi * (np.arange(count) + 0.5) / count
    radius, height = _power(np.cos(latitude), power), _power(np.sin(latitude), power)
    flat = np.stack([_power(np.cos(angle), power), _power(np.sin(angle), power)], axis=1)
    return rings(radius[:, None] * np.ones(count), height, flat) * np.array(half), tube(rows, count)


def _power(value: Floats, power: float) -> Floats:
    return np.asarray(np.sign(value) * np.abs(value) ** power)
