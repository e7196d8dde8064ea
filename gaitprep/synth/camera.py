"""Pinhole cameras that look at the middle of the walk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

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

    def project(self, points: Floats, scale: float = 1.0) -> Floats:
        """World `[v, 3]` → `[v, 3]` u, v in pixels times `scale` and nearness 1/w (not above 0 behind the camera)."""
        return _project(self.matrix, np.ascontiguousarray(points, np.float64), scale)

    def rays(self, rows: slice = slice(None), columns: slice = slice(None)) -> Floats:
        """`[height, width, 3]` directions through the pixel centres, in the world, 1 long along the optical axis.

        Args:
            rows, columns: of the part of the picture that is wanted.
        """
        u = (np.arange(self.width)[columns] + 0.5 - self.width / 2) / self.focal
        v = (np.arange(self.height)[rows] + 0.5 - self.height / 2) / self.focal
        axes = self.axes
        return np.asarray(u[None, :, None] * axes[0] + v[:, None, None] * axes[1] + axes[2])


@compiled
def _project(m: Floats, points: Floats, scale: float) -> Floats:
    seen = np.empty(points.shape)
    for point in range(points.shape[0]):
        x, y, z = points[point, 0], points[point, 1], points[point, 2]
        w = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
        seen[point, 0] = (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]) / w * scale
        seen[point, 1] = (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]) / w * scale
        seen[point, 2] = 1.0 / w
    return seen


def _turn(pan: float, tilt: float, roll: float) -> Floats:
    """`[3, 3]` aimed camera axes → shaken ones."""
    (cp, ct, cr), (sp, st, sr) = np.cos(np.radians([pan, tilt, roll])), np.sin(np.radians([pan, tilt, roll]))
    panned = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    tilted = np.array([[1, 0, 0], [0, ct, st], [0, -st, ct]])
    rolled = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(rolled @ tilted @ panned)
