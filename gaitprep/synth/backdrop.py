"""What a camera sees of an empty site, and how that looks under a light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.camera import Camera
from gaitprep.synth.compose import carry
from gaitprep.synth.raster import cover, rasterise
from gaitprep.synth.scenery import Floats, Surface, Thing
from gaitprep.synth.shade import SAMPLES, Light
from gaitprep.synth.sites import site

Picture = NDArray[np.float32]
_GAMMA = 2.2
_HAZE = np.array([196.0, 204.0, 212.0])


@dataclass(frozen=True)
class Scene:
    """An empty scene under a light.

    Attributes:
        camera: that sees it.
        picture: `[h, w, 3]` sRGB 0 to 255.
        shadow: `[h, w]` share of its value that a pixel loses in the shadow of a body, 0 to 1.
        near: `[2h, 2w]` nearness of the things that can hide people; 0 where there is none.
    """

    camera: Camera
    picture: Picture
    shadow: Picture
    near: Picture

    def seen_by(self, camera: Camera) -> Scene:
        """What another camera sees that stands in the same place and looks almost the same way."""
        if camera == self.camera:
            return self
        lead = self._lead(camera, 1)
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV puts (0, 0) at the centre of a pixel
        picture, shadow = (
            cv2.warpPerspective(
                layer,
                np.linalg.inv(half) @ lead @ half,
                (camera.width, camera.height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for layer in (self.picture, self.shadow)
        )
        near = np.zeros((SAMPLES * camera.height, SAMPLES * camera.width), np.float32)
        if self._things is not None:
            lead = self._lead(camera, SAMPLES)
            corners = self._things @ np.linalg.inv(lead).T
            places = corners[:, :2] / corners[:, 2:]
            (left, top), (right, bottom) = np.floor(places.min(axis=0)) - 1, np.ceil(places.max(axis=0)) + 1
            carry(self.near, lead, (int(top), int(bottom)), (int(left), int(right)), near)
        return Scene(camera, np.asarray(picture), np.asarray(shadow), near)

    @cached_property
    def _things(self) -> Floats | None:
        """`[4, 3]` homogeneous corners of the part of the picture, in samples, where things can hide people, if any."""
        if not self.near.any():
            return None
        span = _span(self.near > 0)
        return np.array([[x, y, 1.0] for y in (span[0].start, span[0].stop) for x in (span[1].start, span[1].stop)])

    def _lead(self, camera: Camera, samples: int) -> Floats:
        """`[3, 3]` place in the other camera's picture → place in this one's, for cameras that differ by a turn."""

        def inner(of: Camera) -> Floats:
            scaled = np.array([of.focal, of.focal, 1.0]) * [samples, samples, 1]
            matrix = np.diag(scaled)
            matrix[:2, 2] = np.array([of.width, of.height]) * samples / 2
            return matrix

        return np.asarray(inner(self.camera) @ self.camera.axes @ camera.axes.T @ np.linalg.inv(inner(camera)))


@dataclass(frozen=True)
class Backdrop:
    """A scene before light falls on it.

    Attributes:
        colour: `[h, w, 3]` linear, 0 to 1; normal: `[h, w, 3]`.
        ground: `[h, w]` share of a pixel that shows the ground; near: as for `Scene`.
    """

    camera: Camera
    things: tuple[Thing, ...]
    colour: Picture
    normal: Picture
    ground: Picture
    near: Picture

    def lit(self, light: Light) -> Scene:
        """The scene under a light."""
        direction, sun, sky, below = np.asarray(light.array(), np.float32)
        free = 1.0 - self._shadows(light) * self.ground
        facing = np.maximum(0.85 * (self.normal @ direction) + 0.15, 0.0) * free
        up = 0.5 + 0.5 * self.normal[..., 2]
        amount = facing[..., None] * sun + up[..., None] * sky + (1.0 - up)[..., None] * below
        picture = 255.0 * np.clip(self.colour * amount, 0.0, 1.0) ** np.float32(1 / _GAMMA)
        return Scene(
            self.camera, picture.astype(np.float32), (light.shadow * self.ground * free).astype(np.float32), self.near
        )

    def _shadows(self, light: Light) -> Picture:
        """`[h, w]` how far the things take the sun from the ground, 0 to 1."""
        towards = light.array()[0]
        covered = np.zeros(self.near.shape, np.bool_)
        fine = _fine(self.camera)
        for thing in self.things:
            flat = thing.vertices - thing.vertices[:, 2:] * (towards / towards[2])
            cover(fine.project(flat), thing.faces, covered)
        size = 2 * light.softness + 1
        return np.asarray(cv2.blur(_pixels(covered.astype(np.float32)), (size, size)))

    def extended(self, things: Sequence[Thing]) -> Backdrop:
        """The same with more things."""
        colour, normal, ground, near = (layer.copy() for layer in (self.colour, self.normal, self.ground, self.near))
        _draw(things, self.camera, near, colour, normal, ground)
        return Backdrop(self.camera, (*self.things, *things), colour, normal, ground, near)


@lru_cache(maxsize=16)
def backdrop(name: str, camera: Camera) -> Backdrop:
    """What a camera sees of a site."""
    place = site(name)
    fine = _fine(camera)
    near = np.zeros((fine.height, fine.width), np.float32)
    colour = np.empty((fine.height, fine.width, 3))
    rays = fine.rays()
    below = rays[..., 2] < -1e-3
    colour[~below] = _HAZE
    points = np.array(camera.position) - (camera.position[2] / rays[below][:, 2])[:, None] * rays[below]
    colour[below] = place.ground(points)
    layers = (
        _pixels(_linear(colour)),
        np.broadcast_to(np.array([0, 0, 1], np.float32), (camera.height, camera.width, 3)).copy(),
        _pixels(below.astype(np.float32)),
    )
    _draw(place.things, camera, near, *layers)
    return Backdrop(camera, tuple(place.things), *layers, near)


def _draw(
    things: Sequence[Thing], camera: Camera, near: Picture, colour: Picture, normal: Picture, ground: Picture
) -> None:
    """Draws things over the layers, which are changed in place."""
    fine = _fine(camera)
    shown = np.full(near.shape, -1, np.int32)
    offsets = np.cumsum([0] + [len(thing.vertices) for thing in things])
    vertices = np.concatenate([thing.vertices for thing in things])
    faces = np.concatenate([thing.faces + first for thing, first in zip(things, offsets, strict=False)]).astype(
        np.int32
    )
    owner = np.repeat(np.arange(len(things)), [len(thing.faces) for thing in things])
    rasterise(fine.project(vertices), faces, near, shown)
    if not (shown >= 0).any():
        return
    rows, columns = _span(shown >= 0)
    shown = shown[rows, columns]
    seen = shown >= 0
    face = shown[seen]
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    upright = np.cross(b - a, c - a)
    upright /= np.linalg.norm(upright, axis=1, keepdims=True) + 1e-12
    rays, start = fine.rays(rows, columns)[seen], np.array(camera.position)
    reach = np.sum(upright[face] * (a[face] - start), axis=1) / np.sum(upright[face] * rays, axis=1)
    points = start + reach[:, None] * rays
    painted, turned = np.zeros((*seen.shape, 3)), np.zeros((*seen.shape, 3), np.float32)
    painted[seen] = _by_owner(points, owner[face], [thing.surface for thing in things])
    turned[seen] = upright[face]
    rest = 1.0 - _pixels(seen.astype(np.float32))
    pixels = tuple(slice(side.start // SAMPLES, side.stop // SAMPLES) for side in (rows, columns))
    colour[pixels] *= rest[..., None]
    colour[pixels] += _pixels(np.where(seen[..., None], _linear(painted), 0.0))
    normal[pixels] *= rest[..., None]
    normal[pixels] += _pixels(turned)
    ground[pixels] *= rest


def _span(samples: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns of whole pixels round the samples that are set, of which there are some."""
    return tuple(  # type: ignore[return-value]
        slice(int(places[0]) // SAMPLES * SAMPLES, -(-(int(places[-1]) + 1) // SAMPLES) * SAMPLES)
        for places in (np.flatnonzero(samples.any(axis=axis)) for axis in (1, 0))
    )


def _by_owner(points: Floats, owner: NDArray[np.int64], surfaces: Sequence[Surface]) -> Floats:
    found = np.empty(points.shape)
    for index in np.unique(owner):
        own = owner == index
        found[own] = surfaces[index](points[own])
    return found


def _fine(camera: Camera) -> Camera:
    """The same camera with a pixel for each sample."""
    return replace(camera, focal=camera.focal * SAMPLES, width=camera.width * SAMPLES, height=camera.height * SAMPLES)


def _linear(colour: Floats) -> Picture:
    return np.asarray((np.clip(colour, 0, 255) / 255.0).astype(np.float32) ** np.float32(_GAMMA))


def _pixels(samples: Picture) -> Picture:
    """Means over the samples of each pixel."""
    rows, columns, *rest = samples.shape
    blocks = samples.reshape(rows // SAMPLES, SAMPLES, columns // SAMPLES, SAMPLES, *rest)
    return np.asarray(blocks.mean(axis=(1, 3)))
