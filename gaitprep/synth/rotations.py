"""Rotation matrices. Angles in degrees, arrays of any shape `[...]` give `[..., 3, 3]`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def about_x(degrees: ArrayLike) -> Floats:
    """Rotation about x: y towards z."""
    return _about(degrees, 1, 2)


def about_y(degrees: ArrayLike) -> Floats:
    """Rotation about y: z towards x."""
    return _about(degrees, 2, 0)


def about_z(degrees: ArrayLike) -> Floats:
    """Rotation about z: x towards y."""
    return _about(degrees, 0, 1)


def _about(degrees: ArrayLike, first: int, second: int) -> Floats:
    angle = np.radians(np.asarray(degrees, np.float64))
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., 3 - first - second, 3 - first - second] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., second, first] = np.sin(angle)
    matrix[..., first, second] = -matrix[..., second, first]
    return matrix


def inverse(rotation: Floats) -> Floats:
    """The inverse, which is the transpose."""
    return np.asarray(np.swapaxes(rotation, -1, -2))


def apply(rotation: Floats, vector: ArrayLike) -> Floats:
    """Rotates vectors `[..., 3]`."""
    return np.asarray(np.einsum("...ij,...j->...i", rotation, np.asarray(vector, np.float64)))


def between(source: Floats, target: Floats) -> Floats:
    """The smallest rotation that takes the direction `source [3]` to the direction `target [3]`."""
    a, b = source / np.linalg.norm(source), target / np.linalg.norm(target)
    x, y, z = np.cross(a, b)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + a @ b))


def about(axis: Floats, degrees: float) -> Floats:
    """Rotation about the direction `axis [3]`."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)
