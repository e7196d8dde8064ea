"""Filming: people before a camera, frame by frame, with the truth of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import compose
from gaitprep.synth.backdrop import Scene
from gaitprep.synth.camera import Camera
from gaitprep.synth.people import Figure
from gaitprep.synth.raster import cover, rasterise
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
        cameras: `n`, from where each frame is taken: one camera that may be shaken (see `Camera.shake`).
        scene: as its own camera sees it, which stands where the others do and may see more.
        light: as it falls on people; noise: standard deviation in grey levels.
        random: for the noise alone.
        exposure: `[n]` light that comes through, 1 is normal; None is normal throughout.
    """

    def __init__(
        self,
        people: Sequence[Figure],
        cameras: Sequence[Camera],
        scene: Scene,
        light: Light,
        noise: float,
        random: np.random.Generator,
        exposure: Floats | None = None,
    ) -> None:
        self._people = people
        self._cameras = cameras
        self._scene = scene
        self._light = light
        self._random = random
        self._lamp = light.array()
        self._gains = np.ones(len(cameras)) if exposure is None else exposure ** (1 / 2.2)
        self._size = cameras[0].height, cameras[0].width
        size = (self._size[0] + _NOISE_MARGIN, self._size[1] + _NOISE_MARGIN, 3)
        grain = random.standard_normal(size, np.float32) + random.standard_normal((*size[:2], 1), np.float32)
        self._noise = (grain * np.float32(noise / np.sqrt(2))).astype(np.float32)

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], list[Sight]]]:
        """Yields `[h, w, 3]` uint8 RGB images, each with the sight of every person; one image, overwritten."""
        image = np.empty((*self._size, 3), np.uint8)
        for frame, camera in enumerate(self._cameras):
            picture, sights = self._frame(camera, [person.vertices(frame) for person in self._people])
            down, across = self._random.integers(_NOISE_MARGIN, size=2)
            compose.finish(picture, float(self._gains[frame]), self._noise, int(down), int(across), image)
            yield image, sights

    def _frame(self, camera: Camera, bodies: list[Floats]) -> tuple[NDArray[np.float32], list[Sight]]:
        scene = self._scene.seen_by(camera)
        picture, near = scene.picture, scene.near
        if scene is self._scene:  # for other cameras there is a new one in each frame
            picture, near = picture.copy(), near.copy()
        for person, vertices in zip(self._people, bodies, strict=True):
            self._shadow(picture, scene.shadow, camera, vertices, person.faces)
        height, width = self._size
        layers = [_Layer(camera.project(vertices, SAMPLES), near) for vertices in bodies]
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

    def _shadow(
        self,
        picture: NDArray[np.float32],
        strength: NDArray[np.float32],
        camera: Camera,
        vertices: Floats,
        faces: NDArray[np.int32],
    ) -> None:
        towards = self._lamp[0]
        flat = vertices - vertices[:, 2:] * (towards / towards[2])
        covered = np.zeros(picture.shape[:2], np.bool_)
        cover(camera.project(flat), faces, covered)
        compose.darken(picture, covered, strength, self._light.softness)


class _Layer:
    """One person's samples, over the part of the picture that the person can reach."""

    def __init__(self, corners: Floats, near: NDArray[np.float32]) -> None:
        rows, columns = near.shape
        # Column by column: numpy reduces long, narrow arrays slowly.
        low = np.array([int(np.floor(corners[:, axis].min())) for axis in (0, 1)])
        high = np.array([int(np.ceil(corners[:, axis].max())) for axis in (0, 1)])
        self.whole = bool((low >= 0).all() and high[0] <= columns and high[1] <= rows)
        self.left, self.top = (int(v) for v in np.clip(low // SAMPLES * SAMPLES, 0, (columns, rows)))
        right, bottom = (int(v) for v in np.clip(-(-high // SAMPLES) * SAMPLES, (self.left, self.top), (columns, rows)))
        self.corners = corners - [self.left, self.top, 0.0]
        self.nearness = np.zeros((bottom - self.top, right - self.left), np.float32)
        self.shown = np.full(self.nearness.shape, -1, np.int32)

    def draw(self, faces: NDArray[np.int32]) -> None:
        rasterise(self.corners, faces, self.nearness, self.shown)
