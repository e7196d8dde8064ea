"""What stands behind and around the person: floor, wall or open country, and things that stand about."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.crops.backgrounds import Backgrounds
from gaitprep.synth.crops.textures import colour, green, shape
from gaitprep.synth.crops.view import View

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
_WRAP = cv2.BORDER_WRAP


def scenery(view: View, backgrounds: Backgrounds, panorama: float, random: np.random.Generator) -> Picture:
    """An empty scene as the camera has it, `[h, w, 3]` float32, sRGB 0 to 255.

    Args:
        view: camera and size.
        backgrounds: what surfaces are made of.
        panorama: share of scenes that are a piece of a panorama, where there are any.
        random: for everything.
    """
    if backgrounds.panoramas and random.random() < panorama:
        picture = _piece(view, _any(backgrounds.panoramas, random), random)
        if random.random() < 0.5:
            _floor(picture, view, backgrounds, random, view.horizon)
    elif random.random() < 0.12:
        picture = _flat(view, backgrounds, random)
    else:
        picture = _room(view, backgrounds, random)
    for _ in range(int(random.integers(1, 7)) if random.random() < 0.55 else 0):
        _thing(picture, view, backgrounds, random)
    return picture


def recolour(random: np.random.Generator) -> Floats:
    """`[3, 4]` colours (with 1) → colours: the same surface in another paint and light."""
    draw = random.random()
    mix = np.eye(3)
    if draw < 0.13:
        mix = mix[random.permutation(3)]
    elif draw < 0.4:
        mix = np.full((3, 3), 1 / 3) + random.uniform(0, 0.8) * (mix - 1 / 3)
    contrast, middle = random.uniform(0.4, 1.4), random.uniform(60, 170)
    gain = random.uniform(0.5, 1.4) * (1 + random.normal(0, 0.06, 3))
    return np.asarray(
        gain[:, None] * np.concatenate([contrast * mix, np.full((3, 1), (1 - contrast) * middle)], axis=1)
    )


def _painted(picture: NDArray[np.uint8], random: np.random.Generator) -> Picture:
    changed = cv2.transform(picture.astype(np.float32), recolour(random))
    return np.asarray(np.clip(changed, 0, 255), np.float32)


def _any(pictures: Sequence[NDArray[np.uint8]], random: np.random.Generator) -> NDArray[np.uint8]:
    return pictures[int(random.integers(len(pictures)))]


def _flat(view: View, backgrounds: Backgrounds, random: np.random.Generator) -> Picture:
    """A surface that fills the picture, seen head-on."""
    surface = _any(backgrounds.textures, random)
    scale = random.uniform(0.4, 2.5)
    move = np.array([[scale, 0, -random.uniform(0, 400)], [0, scale, -random.uniform(0, 400)]])
    return _painted(cv2.warpAffine(surface, move, (view.width, view.height), borderMode=_WRAP), random)


def _piece(view: View, panorama: NDArray[np.uint8], random: np.random.Generator) -> Picture:
    """A piece of a panorama whose horizon lies where the camera has it."""
    rows, columns = panorama.shape[:2]
    high = rows * random.uniform(0.2, 0.75)
    wide = high * view.width / view.height * random.uniform(0.7, 1.2)
    level = float(np.clip(view.horizon / view.height, -0.3, 1.1))
    top = rows * random.uniform(0.45, 0.55) - high * level
    left = random.uniform(0, columns)
    scale_x, scale_y = view.width / wide, view.height / high
    move = np.array([[scale_x, 0, -left * scale_x], [0, scale_y, -top * scale_y]])
    piece = cv2.warpAffine(panorama, move, (view.width, view.height), borderMode=_WRAP, flags=cv2.INTER_CUBIC)
    if random.random() < 0.5:
        piece = np.ascontiguousarray(piece[:, ::-1])
    soft = _painted(piece, random) if random.random() < 0.6 else piece.astype(np.float32)
    # Panoramas of this size are soft; grain gives them back some of what the lens would have seen.
    grain = random.standard_normal(soft.shape[:2]).astype(np.float32) * random.uniform(0, 0.1)
    return np.asarray(np.clip(soft * (1 + grain)[..., None], 0, 255), np.float32)


def _room(view: View, backgrounds: Backgrounds, random: np.random.Generator) -> Picture:
    """A floor, and behind the person a wall, a hedge, or a far front under the sky."""
    picture = np.empty((view.height, view.width, 3), np.float32)
    behind = float(np.exp(random.uniform(np.log(0.25), np.log(14.0))))
    away = -view.position * [1.0, 1.0, 0.0]
    away /= np.linalg.norm(away)
    yaw = np.radians(random.uniform(-42, 42))
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    along = turn @ np.array([-away[1], away[0], 0.0])
    foot = away * behind
    distance = float(np.linalg.norm(view.position)) + behind
    _upright(picture, view, backgrounds, foot, along, view.focal / distance * random.uniform(0.4, 1.3), random)
    base = view.project(foot + np.outer([-0.4 * distance, 0.4 * distance], along))
    if (base[:, 2] > 0).all():
        slope = (base[1, 1] - base[0, 1]) / (base[1, 0] - base[0, 0] + 1e-9)
        edge = base[0, 1] + slope * (np.arange(view.width) - base[0, 0])
        below = np.arange(view.height)[:, None] > edge[None]
        floor = picture.copy()
        _floor(floor, view, backgrounds, random, -np.inf)
        picture = np.where(below[..., None], floor, picture)
        if random.random() < 0.4:  # skirting, kerb
            high = random.uniform(0.03, 0.25) * view.focal / distance
            near = ~below & (np.arange(view.height)[:, None] > (edge - high)[None])
            picture[near] = colour(random)
    if random.random() < 0.3:
        glow = random.uniform(0.5, 1.0)
        ramp = np.linspace(1, glow, view.width, dtype=np.float32)
        picture *= (ramp if random.random() < 0.5 else ramp[::-1])[None, :, None]
    return picture


def _upright(
    picture: Picture,
    view: View,
    backgrounds: Backgrounds,
    foot: Floats,
    along: Floats,
    scale: float,
    random: np.random.Generator,
) -> None:
    """Fills the picture with a surface on the upright plane through `foot`, `scale` texture pixels per metre."""
    surface = _any(backgrounds.textures, random)
    plane = view.plane(foot, along, np.array([0.0, 0.0, -1.0]))
    to_metres = np.array([[1 / scale, 0, -random.uniform(0, 500) / scale], [0, 1 / scale, -500 / scale], [0, 0, 1.0]])
    size = (view.width, view.height)
    picture[:] = _painted(cv2.warpPerspective(surface, plane @ to_metres, size, borderMode=_WRAP), random)


def _floor(picture: Picture, view: View, backgrounds: Backgrounds, random: np.random.Generator, horizon: float) -> None:
    """Lays a floor under everything below the row `horizon`."""
    surface = _any(backgrounds.textures, random)
    angle = random.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle), 0.0])
    across = np.array([-np.sin(angle), np.cos(angle), 0.0])
    scale = view.pixels_per_metre * random.uniform(0.5, 1.6)
    plane = view.plane(np.zeros(3), along, across)
    shift = np.array([[1 / scale, 0, -256 / scale], [0, 1 / scale, -256 / scale], [0, 0, 1.0]])
    floor = cv2.warpPerspective(surface, plane @ shift, (view.width, view.height), borderMode=_WRAP)
    first = int(np.clip(horizon + 0.08 * view.height, 0, view.height - 1)) if np.isfinite(horizon) else 0
    picture[first:] = _painted(floor[first:], random)


def _thing(picture: Picture, view: View, backgrounds: Backgrounds, random: np.random.Generator) -> None:
    """A poster, a pole, a bush, a box or a shape, anywhere."""
    height, width = picture.shape[:2]
    x, y = int(random.integers(-10, width)), int(random.integers(-10, height))
    kind = random.random()
    tone = colour(random, 0.4)
    if kind < 0.3:
        wide, high = random.integers(8, max(width // 2, 9)), random.integers(8, max(height // 2, 9))
        _patch(picture, backgrounds, (x, y, int(wide), int(high)), random)
    elif kind < 0.55:
        pole(picture, x, tone, random)
    elif kind < 0.75:
        bush(picture, (x, y), random.uniform(0.05, 0.25) * height, random)
    else:
        shape(picture, random, np.array([x, y]), random.uniform(0.05, 0.5) * height, tone)


def _patch(
    picture: Picture, backgrounds: Backgrounds, box: tuple[int, int, int, int], random: np.random.Generator
) -> None:
    left, top, wide, high = box
    height, width = picture.shape[:2]
    first, last = max(left, 0), min(left + wide, width)
    upper, lower = max(top, 0), min(top + high, height)
    if first >= last or upper >= lower:
        return
    surface = _any(backgrounds.textures, random)
    x, y = random.integers(0, 512 - 128, 2)
    piece = cv2.resize(surface[y : y + 128, x : x + 128], (last - first, lower - upper), interpolation=cv2.INTER_AREA)
    picture[upper:lower, first:last] = _painted(piece, random)


def pole(picture: Picture, x: int, tone: Floats, random: np.random.Generator) -> None:
    """An upright pole or trunk, round by its light, about column `x`."""
    height, width = picture.shape[:2]
    half = int(random.integers(1, max(width // 14, 2)))
    top = int(random.integers(0, height // 2)) if random.random() < 0.3 else 0
    bottom = height if random.random() < 0.5 else int(random.integers(height // 2, height))
    lit = 1 - random.uniform(0, 0.5) * np.abs(np.linspace(-1, 1, 2 * half + 1) + random.uniform(-0.5, 0.5))
    for offset, amount in zip(range(-half, half + 1), lit, strict=True):
        if 0 <= x + offset < width:
            picture[top:bottom, x + offset] = tone * amount


def bush(picture: Picture, at: tuple[int, int], size: float, random: np.random.Generator) -> None:
    """Leaves in a heap of about `size` pixels."""
    tint, leaf = green(random), random.uniform(1, max(size / 8, 1.5))
    for _ in range(int(random.integers(40, 160))):
        x, y = (np.array(at) + random.normal(0, size / 2, 2)).astype(int).tolist()
        shade = (tint * random.uniform(0.3, 1.4)).tolist()
        cv2.ellipse(picture, (x, y), (int(leaf) + 1, int(leaf / 2) + 1), random.uniform(0, 180), 0, 360, shade, -1)
