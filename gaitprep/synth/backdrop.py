"""What stands behind the walkers: one still picture per world and camera, always the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.camera import Camera
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.texture import Noise, bricks, foliage, paving, windows

Floats = NDArray[np.float64]
Surface = Callable[[Floats, Floats], Floats]
"""Coordinates of points in metres (`[n]`, `[n]`) → sRGB `[n, 3]`, 0 to 255."""


@lru_cache(maxsize=32)
def backdrop(world: str, view: str, camera: Camera) -> NDArray[np.float32]:
    """`[H, W, 3]` float32 picture of the empty scene, sRGB 0 to 255."""
    stage = _Stage(camera)
    paint = {"indoor": _room, "outdoor": _street}[world]
    paint(stage, stream(0, "backdrop", world, view))
    return np.asarray(np.clip(stage.picture, 0.0, 255.0), np.float32)


class _Stage:
    """Paints a picture from the back to the front by sending a ray through every pixel."""

    def __init__(self, camera: Camera) -> None:
        self._rays = camera.rays()
        self._from = np.array(camera.position)
        forward = camera.axes[2] * [1.0, 1.0, 0.0]
        self._forward = forward / np.linalg.norm(forward)
        self._right = camera.axes[0]
        self.picture = np.full((camera.height, camera.width, 3), 190.0)

    def ground(self, surface: Surface) -> None:
        """Paints the plane z = 0; the surface gets metres to the right of and beyond the middle of the walk."""
        below = self._rays[..., 2] < -1e-6
        rays = self._rays[below]
        points = self._from - (self._from[2] / rays[:, 2])[:, None] * rays
        self.picture[below] = surface(points @ self._right, points @ self._forward)

    def upright(self, beyond: float, left: float, right: float, bottom: float, top: float, surface: Surface) -> None:
        """Paints an upright rectangle `beyond` metres behind the middle of the walk, seen head-on."""
        distance = beyond - self._from @ self._forward
        points = self._from + (distance / (self._rays @ self._forward))[..., None] * self._rays
        x, z = points @ self._right, points[..., 2]
        inside = (x >= left) & (x <= right) & (z >= bottom) & (z <= top)
        self.picture[inside] = surface(x[inside], z[inside])


def _colour(random: np.random.Generator, base: tuple[float, float, float], spread: float) -> Floats:
    return np.asarray(np.array(base) + random.normal(0, spread) + random.normal(0, spread / 4, 3))


def _room(stage: _Stage, random: np.random.Generator) -> None:
    """A laboratory: a plain wall with faint panels and a skirting board, a matt floor."""
    noise = Noise(random)
    wall, floor = _colour(random, (176, 180, 172), 6), _colour(random, (128, 122, 112), 6)
    lamp = random.uniform(-2.5, 2.5)
    beyond = float(random.uniform(2.6, 3.4))

    def wall_surface(x: Floats, z: Floats) -> Floats:
        glow = 1.0 + 0.08 * np.exp(-(((x - lamp) / 2.2) ** 2)) + 0.05 * (z - 1.2)
        seam = np.where(np.abs((x / 1.22 + 0.3) % 1.0) < 0.012, 0.94, 1.0)
        return np.asarray((glow * seam * (1.0 + 0.012 * noise.cloud(x, z, 0.8)))[..., None] * wall)

    def floor_surface(x: Floats, y: Floats) -> Floats:
        glow = 1.0 + 0.1 * np.exp(-((x - lamp) ** 2 + (y - 0.5) ** 2) / 6.0)
        return np.asarray((glow * (1.0 + 0.02 * noise.cloud(x, y, 0.5)))[..., None] * floor)

    stage.ground(floor_surface)
    stage.upright(beyond, -40, 40, 0, 12, wall_surface)
    stage.upright(beyond - 0.02, -40, 40, 0, 0.1, lambda x, z: np.broadcast_to(wall * 0.55, (*x.shape, 3)))


def _street(stage: _Stage, random: np.random.Generator) -> None:
    """A campus path: paving, asphalt or grass, before hedges, walls and façades, with posts, benches and bushes."""
    noise = Noise(random)
    pave = choose(random, 2)
    base = _colour(random, ((150, 144, 134), (118, 118, 122))[pave], 9)
    grass = _colour(random, (84, 108, 58), 8)
    verge = random.uniform(1.6, 3.0)

    def ground(x: Floats, y: Floats) -> Floats:
        hard = paving(x, y, 0.5, noise) if pave == 0 else 1.0 + 0.09 * noise.cloud(x, y, 0.06, 2)
        hard = hard * (1.0 + 0.05 * noise.cloud(x + 9.0, y, 1.6))
        green = foliage(x, y, noise) * 0.35 + 0.68
        edge = y > verge + 0.12 * noise.cloud(x, y, 1.5)
        kerb = np.abs(y - verge) < 0.07
        colour = np.where(edge[..., None], green[..., None] * grass, hard[..., None] * base)
        dapple = 1.0 - 0.22 * (noise.cloud(x + 50.0, y * 1.4, 2.4, 3) > 0.25) * (y > verge - 0.3)
        return np.asarray(np.where(kerb[..., None], 176.0 * hard[..., None], colour) * dapple[..., None])

    stage.ground(ground)
    _background(stage, random, noise)
    for _ in range(int(random.integers(3, 6))):
        beyond = float(random.uniform(verge + 0.4, 5.5))
        middle = float(random.uniform(-3.6, 3.6))
        _OBJECTS[choose(random, len(_OBJECTS))](stage, random, noise, beyond, middle)


def _background(stage: _Stage, random: np.random.Generator, noise: Noise) -> None:
    beyond, kind = float(random.uniform(6.0, 8.0)), choose(random, 3)
    if kind == 0:
        brick = _colour(random, (146, 94, 76), 10)
        stage.upright(beyond, -60, 60, 0, 9, lambda x, z: bricks(x, z, noise)[..., None] * brick)
    elif kind == 1:
        plaster, glass = _colour(random, (186, 176, 156), 12), _colour(random, (64, 78, 92), 8)

        def facade(x: Floats, z: Floats) -> Floats:
            bright, pane = windows(x, z, 1.9, 2.6)
            dirt = bright * (1.0 + 0.05 * noise.cloud(x, z, 1.1))
            return np.where(
                pane[..., None], glass * (1.0 + 0.3 * noise.cloud(x, z, 0.9)[..., None]), dirt[..., None] * plaster
            )

        stage.upright(beyond, -60, 60, 0, 14, facade)
    else:
        leaves = _colour(random, (62, 88, 46), 8)
        stage.upright(beyond, -60, 60, 0, 9, lambda x, z: foliage(x, z, noise)[..., None] * leaves)


def _post(stage: _Stage, random: np.random.Generator, noise: Noise, beyond: float, middle: float) -> None:
    colour, half = _colour(random, (92, 96, 100), 16), float(random.uniform(0.03, 0.07))
    top = float(random.uniform(0.9, 5.0))
    stage.upright(
        beyond,
        middle - half,
        middle + half,
        0,
        top,
        lambda x, z: (1.0 - 0.4 * ((x - middle) / half) ** 2)[..., None] * colour,
    )


def _bench(stage: _Stage, random: np.random.Generator, noise: Noise, beyond: float, middle: float) -> None:
    wood = _colour(random, (124, 88, 58), 10)
    for bottom, top in ((0.4, 0.47), (0.55, 0.65), (0.72, 0.82)):
        stage.upright(
            beyond,
            middle - 0.8,
            middle + 0.8,
            bottom,
            top,
            lambda x, z: (1.0 + 0.2 * noise.cloud(x, z * 9, 0.4))[..., None] * wood,
        )
    for leg in (-0.65, 0.65):
        stage.upright(
            beyond, middle + leg - 0.03, middle + leg + 0.03, 0, 0.8, lambda x, z: np.full((*x.shape, 3), 52.0)
        )


def _bush(stage: _Stage, random: np.random.Generator, noise: Noise, beyond: float, middle: float) -> None:
    leaves = _colour(random, (70, 98, 50), 12)
    size = float(random.uniform(0.5, 1.1))
    # Slices of falling width make it round.
    for slice_ in np.linspace(0.0, 1.0, 14)[:-1]:
        half = (
            size
            * float(np.sqrt(1.0 - slice_**2))
            * (1.0 + 0.12 * float(noise.at(np.array(slice_ * 9), np.array(middle))))
        )
        stage.upright(
            beyond,
            middle - half,
            middle + half,
            slice_ * size * 1.3,
            (slice_ + 1 / 13) * size * 1.3,
            lambda x, z: foliage(x, z, noise)[..., None] * leaves,
        )


def _board(stage: _Stage, random: np.random.Generator, noise: Noise, beyond: float, middle: float) -> None:
    paint = _colour(random, ((176, 60, 52), (58, 92, 150), (214, 196, 92))[choose(random, 3)], 10)
    half = float(random.uniform(0.3, 0.7))

    def surface(x: Floats, z: Floats) -> Floats:
        text = ((z / 0.12) % 1.0 < 0.4) & (np.abs(x - middle) < half * 0.8)
        return np.where(text[..., None], 232.0, np.broadcast_to(paint, (*x.shape, 3)))

    stage.upright(beyond, middle - half, middle + half, 0.5, 0.5 + 1.4 * half, surface)
    stage.upright(beyond, middle - 0.04, middle + 0.04, 0, 0.5, lambda x, z: np.full((*x.shape, 3), 70.0))


_OBJECTS = (_post, _bench, _bush, _board)
