"""People into the picture: their samples, their light, and who is seen where."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import compose
from gaitprep.synth.crops.view import View
from gaitprep.synth.people import Figure
from gaitprep.synth.raster import cover, rasterise
from gaitprep.synth.shade import SAMPLES, Light, normals, shade

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """One person's samples, over the whole picture.

    Attributes:
        shown: `[2h, 2w]` face at each sample, −1 where there is none; nearness: 1/distance there.
        light: `[2h, 2w, 3]` linear light where a face is shown.
    """

    shown: NDArray[np.int32]
    nearness: Picture
    light: Picture

    @property
    def coverage(self) -> Picture:
        """`[h, w]` in [0, 1], hidden or not."""
        return _share(self.shown >= 0)


def draw(figure: Figure, cloths: Floats, vertices: Floats, view: View, light: Light) -> Layer:
    """Draws somebody.

    Args:
        figure: whose faces and paint; cloths: in place of the paint's own; vertices: `[v, 3]` in the world.
        view: of the camera; light: as it falls.
    """
    corners = view.project(vertices) * [SAMPLES, SAMPLES, 1.0]
    size = (SAMPLES * view.height, SAMPLES * view.width)
    shown, nearness = np.full(size, -1, np.int32), np.zeros(size, np.float32)
    rasterise(corners, figure.faces, nearness, shown)
    lit = np.zeros((*size, 3), np.float32)
    paint = figure.paint
    normal = normals(vertices, figure.faces)
    shade(shown, corners, figure.faces, normal, paint.places, paint.kinds, paint.cut, cloths, light.array(), lit)
    return Layer(shown, nearness, lit)


def visible(layer: Layer, others: list[Layer]) -> Picture:
    """`[h, w]` share of each pixel that shows this person rather than another."""
    seen = layer.shown >= 0
    for other in others:
        seen &= layer.nearness >= other.nearness
    return _share(seen)


def paste(picture: Picture, layer: Layer, others: list[Layer]) -> None:
    """Brings a person into the picture, where nobody is nearer."""
    seen = layer.shown >= 0
    for other in others:
        seen &= layer.nearness >= other.nearness
    share = _share(seen)
    total = cv2.resize(layer.light * seen[..., None], picture.shape[1::-1], interpolation=cv2.INTER_AREA)
    mean = total / np.maximum(share, 1e-6)[..., None]
    steps = len(compose.TO_SRGB) - 1
    srgb = compose.TO_SRGB[np.clip(mean * steps, 0, steps).astype(np.int64)]
    picture += share[..., None] * (srgb - picture)


def shadow(picture: Picture, faces: NDArray[np.int32], vertices: Floats, view: View, light: Light) -> None:
    """Darkens the floor where somebody stands in the light."""
    towards = light.array()[0]
    flat = vertices - vertices[:, 2:] * (towards / towards[2])
    covered = np.zeros(picture.shape[:2], np.bool_)
    cover(view.project(flat), faces, covered)
    dark = covered.astype(np.float32) * np.float32(light.shadow)
    dark = cv2.GaussianBlur(dark, (0, 0), 0.5 + 0.5 * light.softness)
    picture *= (1 - dark)[..., None]


def reflection(
    picture: Picture, figure: Figure, cloths: Floats, vertices: Floats, view: View, light: Light, strength: float
) -> None:
    """Mirrors somebody in the floor."""
    layer = draw(figure, cloths, vertices * [1.0, 1.0, -1.0], view, light)
    mirrored = picture.copy()
    paste(mirrored, layer, [])
    picture += strength * (cv2.GaussianBlur(mirrored, (0, 0), 1.2) - picture)


def _share(samples: NDArray[np.bool_]) -> Picture:
    height, width = samples.shape
    quarters = samples.reshape(height // SAMPLES, SAMPLES, width // SAMPLES, SAMPLES)
    return np.asarray(quarters.mean(axis=(1, 3)), np.float32)
