"""How a crop's person is seen: camera, size in pixels, and the piece of the picture about the person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.synth.camera import Camera, Floats

_LARGEST = 224.0
"""Pixels of a person's height that are drawn at most: crops have 128 rows, more would be averaged away."""
_AROUND = 0.3  # of the box, on each side: what blur and compression may bring in


@dataclass(frozen=True)
class View:
    """A piece of a picture.

    Attributes:
        position: of the camera; axes: `[3, 3]` rows right, down, forward.
        focal: pixels; left, top: corner of the piece from the optical axis, pixels; width, height: pixels.
        enlarged: source pixels per drawn pixel, ≥ 1 where a large person is drawn smaller.
    """

    position: Floats
    axes: Floats
    focal: float
    left: float
    top: float
    width: int
    height: int
    enlarged: float

    def project(self, points: Floats) -> Floats:
        """World `[v, 3]` → `[v, 3]` x and y in pixels of the piece, and nearness 1/w (0 behind the camera)."""
        seen = (points - self.position) @ self.axes.T
        depth = np.where(seen[:, 2] > 0.05, seen[:, 2], np.inf)
        pixels = self.focal * seen[:, :2] / depth[:, None] - [self.left, self.top]
        return np.concatenate([pixels, 1.0 / depth[:, None]], axis=1)

    def plane(self, corner: Floats, along: Floats, up: Floats) -> Floats:
        """`[3, 3]` homography: coordinates on a plane through `corner` → pixels of the piece."""
        intrinsic = np.array([[self.focal, 0.0, -self.left], [0.0, self.focal, -self.top], [0.0, 0.0, 1.0]])
        return np.asarray(intrinsic @ self.axes @ np.stack([along, up, corner - self.position], axis=1))

    @property
    def horizon(self) -> float:
        """Row of the horizon in the middle of the piece."""
        ahead = self.axes[2] * [1.0, 1.0, 0.0]
        seen = self.axes @ ahead
        return float(self.focal * seen[1] / max(seen[2], 1e-6) - self.top)

    @property
    def pixels_per_metre(self) -> float:
        """Of what stands at the origin."""
        return self.focal / float(np.linalg.norm(self.position))


def draw_view(vertices: Floats, heights: tuple[float, float], random: np.random.Generator) -> View:
    """A camera anywhere about somebody at the origin.

    Args:
        vertices: `[v, 3]` of the person.
        heights: least and greatest height of the person, source pixels.
        random: for everything.
    """
    height = float(np.exp(random.uniform(*np.log(heights))))
    distance = float(np.exp(random.uniform(np.log(2.8), np.log(16.0))))
    level = float(random.uniform(0.5, 2.2) if random.random() < 0.6 else random.uniform(2.0, 5.0))
    level = min(level, 0.9 * distance)
    azimuth = random.uniform(0, 2 * np.pi)
    position = np.array([distance * np.sin(azimuth), -distance * np.cos(azimuth), level])
    aside = 0.35 * distance * random.uniform(-1, 1) * np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    height_seen = float(np.clip(0.9 + 0.15 * distance * random.normal(), -1.0, 2.5))
    target = (float(aside[0]), float(aside[1]), height_seen)
    axes = Camera((float(position[0]), float(position[1]), float(position[2])), target, 1.0).axes
    roll = np.radians(np.clip(random.normal(0, 1.5), -5, 5))
    turn = np.array([[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    axes = turn @ axes

    seen = (vertices - position) @ axes.T
    flat = seen[:, :2] / seen[:, 2:]
    low, high = flat.min(axis=0), flat.max(axis=0)
    drawn = min(height, _LARGEST)
    focal = drawn / float(high[1] - low[1])
    pad = _AROUND * (high - low) * focal
    left, top = low * focal - pad
    right, bottom = high * focal + pad
    width, rows = max(int(right - left), 16), max(int(bottom - top), 16)
    return View(position, axes, focal, float(left), float(top), width, rows, height / drawn)
