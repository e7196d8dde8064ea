"""Pinhole cameras that look at the middle of the walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A camera. World: metres, z up, floor z = 0; people walk to −y past the origin, their left is +x.

    Attributes:
        position: `(x, y, z)`; target: the point that the centre of the picture shows.
        focal: pixels; width, height: pixels.
    """

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float
    width: int = 320
    height: int = 240

    @staticmethod
    def around(azimuth: float, distance: float, height: float, target_height: float, focal: float) -> Camera:
        """A camera on a circle: azimuth 0 sees walkers from the front, 90 their left side, 180 their back (degrees)."""
        angle = np.radians(azimuth)
        position = (float(distance * np.sin(angle)), float(-distance * np.cos(angle)), height)
        return Camera(position, (0.0, 0.0, target_height), focal)

    @property
    def axes(self) -> Floats:
        """`[3, 3]` rows: the camera's right, down and forward directions in the world."""
        forward = np.array(self.target) - np.array(self.position)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    @property
    def matrix(self) -> Floats:
        """`[3, 4]` world point (homogeneous) → (u·w, v·w, w), pixels with (0, 0) the top left corner of the picture."""
        intrinsic = np.array([[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1]])
        axes = self.axes
        return np.asarray(intrinsic @ np.concatenate([axes, -(axes @ np.array(self.position))[:, None]], axis=1))

    def rays(self) -> Floats:
        """`[height, width, 3]` directions through the pixel centres, in the world, 1 long along the optical axis."""
        u = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        v = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        axes = self.axes
        return np.asarray(u[None, :, None] * axes[0] + v[:, None, None] * axes[1] + axes[2])
