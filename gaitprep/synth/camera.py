"""Pinhole cameras that look at the middle of the walk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A camera. World: metres, z up, floor z = 0; people walk to −y past the origin, their left is +x.

    Attributes:
        position: `(x, y, z)`; target: the point that the centre of the picture shows.
        focal: pixels; width, height: pixels.
        shake: pan to the right, tilt upwards and roll clockwise away from that aim, degrees.
    """

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float
    width: int = 320
    height: int = 240
    shake: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @staticmethod
    def around(azimuth: float, distance: float, height: float, target_height: float, focal: float) -> Camera:
        """A camera on a circle: azimuth 0 sees walkers from the front, 90 their left side, 180 their back (degrees)."""
        angle = np.radians(azimuth)
        position = (float(distance * np.sin(angle)), float(-distance * np.cos(angle)), height)
        return Camera(position, (0.0, 0.0, target_height), focal)

    @cached_property
    def axes(self) -> Floats:
        """`[3, 3]` rows: the camera's right, down and forward directions in the world."""
        forward = np.array(self.target) - np.array(self.position)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        aimed = np.stack([right, np.cross(forward, right), forward])
        return aimed if self.shake == (0.0, 0.0, 0.0) else _turn(*self.shake) @ aimed

    @cached_property
    def matrix(self) -> Floats:
        """`[3, 4]` world point (homogeneous) → (u·w, v·w, w), pixels with (0, 0) the top left corner of the picture."""
        intrinsic = np.array([[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1]])
        axes = self.axes
        return np.asarray(intrinsic @ np.concatenate([axes, -(axes @ np.array(self.position))[:, None]], axis=1))

    def project(self, points: Floats) -> Floats:
        """World `[v, 3]` → `[v, 3]` u, v in pixels and nearness 1/w (not above 0 behind the camera)."""
        m = self.matrix
        x, y, z = points.T
        u, v, w = (m[row, 0] * x + m[row, 1] * y + m[row, 2] * z + m[row, 3] for row in range(3))
        return np.stack([u / w, v / w, 1.0 / w], axis=1)

    def rays(self) -> Floats:
        """`[height, width, 3]` directions through the pixel centres, in the world, 1 long along the optical axis."""
        u = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        v = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        axes = self.axes
        return np.asarray(u[None, :, None] * axes[0] + v[:, None, None] * axes[1] + axes[2])


def _turn(pan: float, tilt: float, roll: float) -> Floats:
    """`[3, 3]` aimed camera axes → shaken ones."""
    (cp, ct, cr), (sp, st, sr) = np.cos(np.radians([pan, tilt, roll])), np.sin(np.radians([pan, tilt, roll]))
    panned = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    tilted = np.array([[1, 0, 0], [0, ct, st], [0, -st, ct]])
    rolled = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(rolled @ tilted @ panned)
