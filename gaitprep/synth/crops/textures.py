"""Procedural surfaces as pictures of 512×512: walls, floors, plants, clutter. None is a photograph."""

from __future__ import annotations

import colorsys
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
SIDE = 512


def texture(random: np.random.Generator) -> Picture:
    """A surface of any kind, `[512, 512, 3]` float32, sRGB 0 to 255."""
    kind = _KINDS[int(random.integers(len(_KINDS)))]
    picture = kind(random)
    if random.random() < 0.35:  # dirt and wear
        picture = picture * (1 + random.uniform(0.05, 0.2) * cloud(random, random.uniform(40, 200)))[..., None]
    return np.asarray(np.clip(picture, 0, 255), np.float32)


def cloud(random: np.random.Generator, cell: float, octaves: int = 5) -> Picture:
    """Fractal noise `[512, 512]` of about ±1; its largest features measure `cell` pixels."""
    total = np.zeros((SIDE, SIDE), np.float32)
    for octave in range(octaves):
        count = max(2, round(SIDE / cell * 2**octave))
        if count > SIDE:
            break
        grid = random.standard_normal((count, count)).astype(np.float32)
        total += 0.6**octave * cv2.resize(grid, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(total / max(float(total.std()), 1e-6) * 0.5, np.float32)


def colour(random: np.random.Generator, vivid: float = 0.3) -> Floats:
    """A surface's colour: most are greys and browns, some (share `vivid`) are bright."""
    if random.random() < vivid:
        hue, saturation = random.random(), random.uniform(0.3, 0.95)
    else:
        hue, saturation = random.normal(0.1, 0.06) % 1.0, random.beta(1.2, 4)
    return np.array(colorsys.hsv_to_rgb(hue, saturation, random.uniform(0.12, 0.97))) * 255.0


def green(random: np.random.Generator) -> Floats:
    """A leaf's colour: green, sometimes yellow, brown or red."""
    hue = random.uniform(0.16, 0.4) if random.random() < 0.8 else random.uniform(0.0, 0.16)
    return np.array(colorsys.hsv_to_rgb(hue, random.uniform(0.2, 0.8), random.uniform(0.25, 0.8))) * 255.0


def _plaster(random: np.random.Generator) -> Picture:
    rough = random.uniform(0.01, 0.1)
    surface = 1 + rough * cloud(random, random.uniform(6, 200)) + 0.4 * rough * random.standard_normal((SIDE, SIDE))
    glow = np.linspace(1, random.uniform(0.7, 1.3), SIDE)[:, None]
    return np.asarray((surface * glow)[..., None] * colour(random))


def _tiles(random: np.random.Generator) -> Picture:
    """Bricks, slabs, tiles, mosaics, chequers."""
    high = random.uniform(10, 120)
    wide = high * float(random.choice([1.0, 1.0, 2.0, 3.0]))
    shifted = random.random() < 0.5
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    row = np.floor(y / high)
    x = x + (row % 2) * wide / 2 * shifted
    column = np.floor(x / wide)
    base, other = colour(random), colour(random)
    count = 64
    variation = random.normal(0, random.uniform(2, 30), (count, count, 1)) + random.normal(0, 4, (count, count, 3))
    index = (row.astype(int) % count, column.astype(int) % count)
    chequer = ((row + column) % 2)[..., None] * (random.random() < 0.3)
    picture = base * (1 - chequer) + other * chequer + variation[index]
    joint = random.uniform(0.5, 4)
    gap = (y % high < joint) | (x % wide < joint)
    picture = np.where(gap[..., None], colour(random, 0.05), picture)
    return np.asarray(picture * (1 + 0.05 * cloud(random, 12))[..., None])


def _leaves(random: np.random.Generator) -> Picture:
    """Foliage: leaves upon leaves, lighter towards the front."""
    picture = np.full((SIDE, SIDE, 3), green(random) * random.uniform(0.1, 0.5), np.float32)
    tint, size = green(random), random.uniform(3, 14)
    for layer in np.linspace(0.25, 1.0, 5):
        for _ in range(int(500 * (8 / size) ** 0.7)):
            at = tuple(random.integers(0, SIDE, 2).tolist())
            axes = (int(size * random.uniform(0.5, 1.4)) + 1, int(size * random.uniform(0.2, 0.7)) + 1)
            shade = tint * layer * random.uniform(0.5, 1.4) + random.normal(0, 6, 3)
            cv2.ellipse(picture, at, axes, random.uniform(0, 180), 0, 360, shade.tolist(), -1)
    gaps = np.clip(1.15 + 0.6 * cloud(random, random.uniform(40, 160)), 0.2, 1.6)
    return np.asarray(picture * gaps[..., None])


def _grass(random: np.random.Generator) -> Picture:
    tint = green(random)
    picture = np.full((SIDE, SIDE, 3), tint * 0.6, np.float32)
    length = random.uniform(3, 16)
    for _ in range(3500):
        x, y = random.integers(0, SIDE, 2).tolist()
        end = (int(x + random.normal(0, length / 2)), int(y - random.uniform(0.3, 1) * length))
        cv2.line(picture, (x, y), end, (tint * random.uniform(0.4, 1.5)).tolist(), 1)
    return np.asarray(picture * (1 + 0.2 * cloud(random, 120))[..., None])


def _clutter(random: np.random.Generator) -> Picture:
    """Shapes upon shapes, small ones many and large ones few, as pictures of things tend to be."""
    picture = np.full((SIDE, SIDE, 3), colour(random), np.float32)
    vivid, largest = random.uniform(0.1, 0.8), random.uniform(60, 220)
    for _ in range(int(random.integers(150, 700))):
        size = largest * random.random() ** 3 + 2
        shape(picture, random, random.integers(0, SIDE, 2), size, colour(random, vivid))
    return picture


def _bars(random: np.random.Generator) -> Picture:
    """Shutters, fences, shelves, corrugated iron, curtains, wood."""
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    base, other = colour(random), colour(random)
    x = 0
    widest = random.uniform(4, 60)
    two = random.random() < 0.5
    while x < SIDE:
        step = int(random.uniform(0.4, 1) * widest) + 1
        tone = (other if two and random.random() < 0.5 else base) * random.uniform(0.8, 1.2)
        round_ = 1 + random.uniform(-0.3, 0.3) * np.cos(np.linspace(0, np.pi, step))
        picture[:, x : x + step] = (round_[:, None] * tone)[: SIDE - x]
        x += step
    grain = cv2.resize(random.standard_normal((24, SIDE)).astype(np.float32), (SIDE, SIDE))
    picture *= (1 + random.uniform(0, 0.12) * grain)[..., None]
    return picture if random.random() < 0.6 else np.ascontiguousarray(picture.transpose(1, 0, 2))


def _front(random: np.random.Generator) -> Picture:
    """The front of a building: windows in rows, a door, ledges."""
    picture = _plaster(random)
    wide, high = random.uniform(50, 160), random.uniform(60, 170)
    glass, frame = colour(random, 0.1) * 0.45, colour(random, 0.1)
    for top in np.arange(random.uniform(0, high), SIDE, high):
        for left in np.arange(random.uniform(0, wide), SIDE, wide):
            corner = (int(left), int(top))
            far = (int(left + wide * 0.55), int(top + high * 0.6))
            cv2.rectangle(picture, corner, far, (glass * random.uniform(0.5, 2.2)).tolist(), -1)
            cv2.rectangle(picture, corner, far, frame.tolist(), int(random.integers(1, 6)))
            if random.random() < 0.6:
                middle = int(left + wide * 0.275)
                cv2.line(picture, (middle, corner[1]), (middle, far[1]), frame.tolist(), 2)
        if random.random() < 0.5:
            y = int(top - 0.15 * high)
            cv2.line(picture, (0, y), (SIDE, y), colour(random, 0.1).tolist(), int(random.integers(2, 12)))
    return picture


def _gravel(random: np.random.Generator) -> Picture:
    """Asphalt, gravel, sand, carpet."""
    grain = random.standard_normal((SIDE, SIDE)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), random.uniform(0.4, 3))
    grain /= float(grain.std())
    surface = 1 + random.uniform(0.04, 0.3) * grain + 0.08 * cloud(random, 150)
    return np.asarray(np.clip(surface, 0.1, 2)[..., None] * colour(random, 0.15))


def _notices(random: np.random.Generator) -> Picture:
    """Posters and shop windows: blocks of writing and of pictures."""
    picture = np.full((SIDE, SIDE, 3), colour(random), np.float32)
    for _ in range(int(random.integers(6, 40))):
        left, top = random.integers(-40, SIDE, 2).tolist()
        wide, high = random.integers(20, 160, 2).tolist()
        paper = colour(random, 0.5)
        cv2.rectangle(picture, (left, top), (left + wide, top + high), paper.tolist(), -1)
        ink, line = colour(random, 0.4), int(random.integers(4, 22))
        for y in range(top + line, top + high - line, int(line * 1.7)):
            x = left + 4
            while x < left + wide - 8:
                step = int(random.uniform(0.5, 4) * line)
                cv2.rectangle(picture, (x, y), (min(x + step, left + wide - 4), y + line // 2), ink.tolist(), -1)
                x += step + line // 2
    return picture


def shape(picture: Picture, random: np.random.Generator, at: NDArray[np.int64], size: float, tone: Floats) -> None:
    """Draws an ellipse, a box, a bar or a polygon of about `size` pixels at `at` (x, y)."""
    x, y = int(at[0]), int(at[1])
    kind = random.random()
    half = size / 2
    if kind < 0.3:
        axes = (int(half) + 1, int(half * random.uniform(0.3, 1)) + 1)
        cv2.ellipse(picture, (x, y), axes, random.uniform(0, 180), 0, 360, tone.tolist(), -1)
    elif kind < 0.6:
        far = (int(x + half * random.uniform(0.4, 2)), int(y + half * random.uniform(0.4, 2)))
        cv2.rectangle(picture, (x, y), far, tone.tolist(), -1)
    elif kind < 0.75:
        angle = random.uniform(0, np.pi) if random.random() < 0.5 else np.pi / 2
        end = (int(x + size * 2 * np.cos(angle)), int(y + size * 2 * np.sin(angle)))
        cv2.line(picture, (x, y), end, tone.tolist(), int(random.integers(1, max(2, int(size / 6)) + 1)))
    else:
        corners = random.normal((x, y), half * 0.7, (int(random.integers(3, 7)), 2))
        cv2.fillPoly(picture, [corners.astype(np.int32)], tone.tolist())


_KINDS: tuple[Callable[[np.random.Generator], Picture], ...] = (
    _plaster,
    _plaster,
    _tiles,
    _tiles,
    _leaves,
    _leaves,
    _leaves,
    _grass,
    _clutter,
    _clutter,
    _bars,
    _front,
    _gravel,
    _notices,
)
