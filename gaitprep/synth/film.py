"""Filming: people before a camera, frame by frame, with the truth of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import compose
from gaitprep.synth.camera import Camera
from gaitprep.synth.people import Figure
from gaitprep.synth.raster import rasterise
from gaitprep.synth.shade import SAMPLES, Light, normals, shade

Floats = NDArray[np.float64]
_NOISE_MARGIN = 96


@dataclass(frozen=True)
class Sight:
    """One person in one frame, as the camera has it.

    Attributes:
        full: `[h, w]` bool, pixels at least half covered by the person, seen or hidden by others.
        visible: `[h, w]` bool, pixels at least half of whose area shows the person.
        whole: whether no part of the person is outside the picture.
    """

    full: NDArray[np.bool_]
    visible: NDArray[np.bool_]
    whole: bool


class Film:
    """A scene that is filmed.

    Args:
        people: everybody in it, in any order.
        camera: from where; background: `[h, w, 3]` float32 empty picture, sRGB 0 to 255.
        light: as it falls on people; noise: standard deviation in grey levels.
        random: for the noise alone.
    """

    def __init__(
        self,
        people: Sequence[Figure],
        camera: Camera,
        background: NDArray[np.float32],
        light: Light,
        noise: float,
        random: np.random.Generator,
    ) -> None:
        self._people = people
        self._camera = camera
        self._background = background
        self._light = light
        self._random = random
        self._matrix = camera.matrix
        self._lamp = light.array()
        size = (camera.height + _NOISE_MARGIN, camera.width + _NOISE_MARGIN, 3)
        grain = random.standard_normal(size, np.float32) + random.standard_normal((*size[:2], 1), np.float32)
        self._noise = (grain * np.float32(noise / np.sqrt(2))).astype(np.float32)

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], list[Sight]]]:
        """Yields `[h, w, 3]` uint8 RGB images, each with the sight of every person; one image, overwritten."""
        image = np.empty((self._camera.height, self._camera.width, 3), np.uint8)
        for frame in range(len(self._people[0].transforms)):
            picture, sights = self._frame([person.vertices(frame) for person in self._people])
            down, across = self._random.integers(_NOISE_MARGIN, size=2)
            compose.finish(picture, self._noise, int(down), int(across), image)
            yield image, sights

    def _frame(self, bodies: list[Floats]) -> tuple[NDArray[np.float32], list[Sight]]:
        picture = self._background.copy()
        for person, vertices in zip(self._people, bodies, strict=True):
            self._shadow(picture, vertices, person.faces)
        height, width = self._camera.height, self._camera.width
        near = np.zeros((SAMPLES * height, SAMPLES * width), np.float32)
        layers = [_Layer(self._project(vertices) * [SAMPLES, SAMPLES, 1.0], near) for vertices in bodies]
        for person, layer in zip(self._people, layers, strict=True):
            layer.draw(person.faces)
            compose.nearest(near, layer.nearness, layer.top, layer.left)
        sights = []
        for person, vertices, layer in zip(self._people, bodies, layers, strict=True):
            faces, paint = person.faces, person.paint
            lit = np.empty((*layer.shown.shape, 3), np.float32)
            normal = normals(vertices, faces)
            shade(
                layer.shown,
                layer.corners,
                faces,
                normal,
                paint.places,
                paint.kinds,
                paint.cut,
                paint.cloths,
                self._lamp,
                lit,
            )
            visible, full = np.zeros((2, height, width), np.uint8)
            compose.resolve(
                near,
                layer.nearness,
                layer.shown,
                lit,
                layer.top,
                layer.left,
                picture,
                visible,
                full,
                compose.TO_SRGB,
            )
            sights.append(Sight(full >= SAMPLES, visible >= SAMPLES, layer.whole))
        return picture, sights

    def _project(self, points: Floats) -> Floats:
        """World `[v, 3]` → `[v, 3]` u, v in pixels and nearness 1/w."""
        m = self._matrix
        x, y, z = points.T
        u, v, w = (m[row, 0] * x + m[row, 1] * y + m[row, 2] * z + m[row, 3] for row in range(3))
        return np.stack([u / w, v / w, 1.0 / w], axis=1)

    def _shadow(self, picture: NDArray[np.float32], vertices: Floats, faces: NDArray[np.int32]) -> None:
        towards = self._lamp[0]
        flat = vertices - vertices[:, 2:] * (towards / towards[2])
        shown = np.full(picture.shape[:2], -1, np.int32)
        rasterise(self._project(flat), faces, np.zeros(shown.shape, np.float32), shown)
        compose.darken(picture, shown, self._light.shadow, self._light.softness)


class _Layer:
    """One person's samples, over the part of the picture that the person can reach."""

    def __init__(self, corners: Floats, near: NDArray[np.float32]) -> None:
        rows, columns = near.shape
        low = np.floor(corners[:, :2].min(axis=0)).astype(int)
        high = np.ceil(corners[:, :2].max(axis=0)).astype(int)
        self.whole = bool((low >= 0).all() and high[0] <= columns and high[1] <= rows)
        self.left, self.top = (int(v) for v in np.clip(low // SAMPLES * SAMPLES, 0, (columns, rows)))
        right, bottom = (int(v) for v in np.clip(-(-high // SAMPLES) * SAMPLES, (self.left, self.top), (columns, rows)))
        self.corners = corners - [self.left, self.top, 0.0]
        self.nearness = np.zeros((bottom - self.top, right - self.left), np.float32)
        self.shown = np.full(self.nearness.shape, -1, np.int32)

    def draw(self, faces: NDArray[np.int32]) -> None:
        rasterise(self.corners, faces, self.nearness, self.shown)
