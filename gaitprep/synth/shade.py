"""Light and colour of a walker's samples, and samples to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.cloth import dye, nothing_known
from gaitprep.synth.compiled import compiled
from gaitprep.synth.materials import material
from gaitprep.synth.paint import BY_PLACE
from gaitprep.synth.raster import in_steps, place_in

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
SAMPLES = 2
"""Samples per pixel along each axis."""


@dataclass(frozen=True)
class Light:
    """The light of a world; linear, red green blue.

    Attributes:
        direction: `(x, y, z)` towards the lamp or sun; sun: its light; sky: light from above; ground: from below.
        shadow: how much of the ground's light a body takes away, 0 to 1; softness: blur of its shadow in pixels.
    """

    direction: tuple[float, float, float]
    sun: tuple[float, float, float]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    shadow: float
    softness: int

    def array(self) -> Floats:
        """`[4, 3]` unit direction, sun, sky, ground."""
        direction = np.array(self.direction) / np.linalg.norm(self.direction)
        return np.stack([direction, np.array(self.sun), np.array(self.sky), np.array(self.ground)])


@compiled
def normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """`[v, 3]` sums of the normals around each vertex, weighted by area; not of length 1."""
    total = np.zeros_like(vertices)
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in (a, b, c):
            total[corner, 0] += nx
            total[corner, 1] += ny
            total[corner, 2] += nz
    return total


@compiled
def shade(
    shown: NDArray[np.int32],
    corners: Floats,
    faces: NDArray[np.int32],
    normal: Floats,
    places: Floats,
    kinds: NDArray[np.int32],
    cut: Floats,
    cloths: Floats,
    light: Floats,
    picture: Picture,
) -> None:
    """Colours every sample that shows a face: material by its place on the body, light by its normal.

    Args:
        shown: `[h, w]` faces, from `rasterise`, and its `corners`; normal: `[v, 3]`.
        places, kinds, cut, cloths: of a `Paint`; light: from `Light.array`.
        picture: `[h, w, 3]` linear light, written where a face is shown.
    """
    steps, known = in_steps(corners), nothing_known()
    for row in range(shown.shape[0]):
        for column in range(shown.shape[1]):
            face = shown[row, column]
            if face < 0:
                continue
            i, j, k = int(faces[face, 0]), int(faces[face, 1]), int(faces[face, 2])
            a, b, c = place_in(corners, steps, i, j, k, column, row)
            kind = kinds[face]
            at_x = a * places[i, 0] + b * places[j, 0] + c * places[k, 0]
            at_y = a * places[i, 1] + b * places[j, 1] + c * places[k, 1]
            at_z = a * places[i, 2] + b * places[j, 2] + c * places[k, 2]
            arm = a * places[i, 3] + b * places[j, 3] + c * places[k, 3]
            if kind == BY_PLACE:
                kind = material(at_x, at_y, at_z, arm, cut)
            share, bright = dye(cloths, kind, at_x, at_y, at_z, arm, known)
            x = a * normal[i, 0] + b * normal[j, 0] + c * normal[k, 0]
            y = a * normal[i, 1] + b * normal[j, 1] + c * normal[k, 1]
            z = a * normal[i, 2] + b * normal[j, 2] + c * normal[k, 2]
            length = np.sqrt(x * x + y * y + z * z) + 1e-12
            facing = (x * light[0, 0] + y * light[0, 1] + z * light[0, 2]) / length
            up = 0.5 + 0.5 * z / length
            # Light wraps a little round the edge, as it does on cloth.
            lit = max(0.0, 0.85 * facing + 0.15)
            for channel in range(3):
                amount = light[1, channel] * lit + light[2, channel] * up + light[3, channel] * (1.0 - up)
                own = cloths[kind, channel] + share * (cloths[kind, channel + 3] - cloths[kind, channel])
                picture[row, column, channel] = own * amount * bright
