"""What stands about on the sites: benches, bins, lamps, bushes, trees, a van."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitprep.synth.scenery import Floats, Surface, Thing, blob, block, mottled, plain, pole, wall
from gaitprep.synth.texture import Noise, foliage


@dataclass(frozen=True)
class Corner:
    """Directions of a place as its cameras see it: `azimuth` (degrees) is where they stand, see `Camera.around`."""

    azimuth: float

    @property
    def _axes(self) -> Floats:
        angle = np.radians(self.azimuth)
        far = np.array([-np.sin(angle), np.cos(angle)])
        return np.array([[far[1], -far[0]], far])

    @property
    def turn(self) -> float:
        """Radians about z from +x to the right."""
        return float(np.arctan2(*self._axes[0][::-1]))

    def at(self, right: float, beyond: float) -> tuple[float, float]:
        """(x, y) of a point so far to the right of, and beyond, the middle of the walk; metres."""
        x, y = np.array([right, beyond]) @ self._axes
        return float(x), float(y)

    def across(self, points: Floats) -> Floats:
        """`[n]` how far points `[n, 3]` lie to the right."""
        return np.asarray(points[:, 0] * self._axes[0, 0] + points[:, 1] * self._axes[0, 1])

    def beyond(self, points: Floats) -> Floats:
        """`[n]` how far they lie beyond the middle."""
        return np.asarray(points[:, 0] * self._axes[1, 0] + points[:, 1] * self._axes[1, 1])


def leaves(colour: Sequence[float], corner: Corner, noise: Noise) -> Surface:
    """Foliage of a colour."""

    def surface(points: Floats) -> Floats:
        across, beyond = corner.across(points), corner.beyond(points)
        return np.asarray(
            foliage(across + 0.5 * beyond, points[:, 2] + 0.7 * beyond, noise)[:, None] * np.array(colour)
        )

    return surface


def bench(corner: Corner, right: float, beyond: float) -> list[Thing]:
    """Three boards on two legs, its back to the far side."""
    wood, iron = plain(132, 94, 62), plain(52, 54, 56)
    parts = [
        ((0, -0.12), 0.42, (1.6, 0.36, 0.05)),
        ((0, 0.12), 0.56, (1.6, 0.04, 0.1)),
        ((0, 0.14), 0.74, (1.6, 0.04, 0.1)),
    ]
    things = [block((*corner.at(right + x, beyond + y), z), size, wood, corner.turn) for (x, y), z, size in parts]
    legs = [block((*corner.at(right + x, beyond), 0.0), (0.06, 0.34, 0.84), iron, corner.turn) for x in (-0.65, 0.65)]
    return things + legs


def bin_(corner: Corner, right: float, beyond: float, colour: Sequence[float]) -> list[Thing]:
    """A litter bin."""
    place = corner.at(right, beyond)
    return [pole(place, 0.22, 0.0, 0.82, plain(*colour)), pole(place, 0.24, 0.78, 0.86, plain(44, 46, 46))]


def lamp(corner: Corner, right: float, beyond: float) -> list[Thing]:
    """A lamp post."""
    place, steel = corner.at(right, beyond), plain(84, 90, 88)
    return [pole(place, 0.09, 0.0, 0.5, steel), pole(place, 0.05, 0.5, 4.6, steel)]


def board(corner: Corner, right: float, beyond: float, colour: Sequence[float]) -> list[Thing]:
    """A notice board with lines of text, on two posts."""
    middle = right

    def surface(points: Floats) -> Floats:
        line = ((points[:, 2] / 0.12) % 1.0 < 0.4) & (np.abs(corner.across(points) - middle) < 0.36)
        return np.where(line[:, None], 232.0, np.array(colour, np.float64))

    plate = block((*corner.at(right, beyond), 0.7), (0.9, 0.05, 0.75), surface, corner.turn)
    posts = [pole(corner.at(right + x, beyond + 0.05), 0.03, 0.0, 1.45, plain(70, 72, 74), 8) for x in (-0.4, 0.4)]
    return [plate, *posts]


def bush(corner: Corner, right: float, beyond: float, size: float, noise: Noise) -> list[Thing]:
    """A round bush."""
    place = (*corner.at(right, beyond), 0.45 * size)
    return [blob(place, (size, size, 0.75 * size), leaves((72, 100, 52), corner, noise), noise, 0.3)]


def tree(corner: Corner, right: float, beyond: float, noise: Noise) -> list[Thing]:
    """A trunk under a crown of several lumps, which let some light through between them."""
    x, y = corner.at(right, beyond)
    bark = mottled(np.array([104.0, 86.0, 66.0]), noise, 0.1, 0.25)
    green = leaves((66, 96, 46), corner, noise)
    things = [pole((x, y), 0.15, 0.0, 3.4, bark)]
    for lump in range(7):
        angle, out = 2.4 * lump, 0.35 + 0.16 * lump
        place = (x + out * np.cos(angle), y + out * np.sin(angle), 3.3 + 0.3 * (lump % 3))
        things.append(blob(place, (0.62, 0.62, 0.45), green, noise, 0.45))
    return things


def hedge(corner: Corner, beyond: float, height: float, noise: Noise) -> list[Thing]:
    """A clipped hedge across the whole picture."""
    green = leaves((64, 90, 48), corner, noise)
    front = wall(corner.at(18, beyond), corner.at(-18, beyond), height, green)
    top = block((*corner.at(0, beyond + 0.5), height - 0.02), (36.0, 1.0, 0.02), green, corner.turn)
    return [front, top]


def planter(corner: Corner, right: float, beyond: float, noise: Noise) -> list[Thing]:
    """A concrete trough with a bush in it."""
    x, y = corner.at(right, beyond)
    trough = block(
        (x, y, 0.0), (1.1, 0.5, 0.45), mottled(np.array([150.0, 148.0, 142.0]), noise, 0.2, 0.06), corner.turn
    )
    return [trough, blob((x, y, 0.62), (0.5, 0.34, 0.34), leaves((78, 108, 56), corner, noise), noise, 0.3)]


def cabinet(x: float, y: float, turn: float) -> list[Thing]:
    """A grey cupboard with a table beside it, its back to −x when not turned."""
    c, s = np.cos(turn), np.sin(turn)
    desk = (x - 1.5 * s, y + 1.5 * c)
    return [
        block((x, y, 0.0), (0.4, 0.9, 1.45), plain(182, 187, 190), turn),
        block((*desk, 0.7), (0.6, 1.3, 0.04), plain(150, 132, 108), turn),
        block((*desk, 0.0), (0.5, 0.06, 0.7), plain(88, 90, 92), turn),
    ]


def van(corner: Corner, right: float, beyond: float) -> list[Thing]:
    """A delivery van, its side to the cameras."""

    def side(points: Floats) -> Floats:
        along, z = corner.across(points) - right, points[:, 2]
        colour = np.where((z < 0.42)[:, None], [60.0, 62.0, 64.0], [196.0, 200.0, 202.0])
        seam = (np.abs(along + 0.9) < 0.012) | (np.abs(along - 0.5) < 0.012) | (np.abs(z - 1.0) < 0.012)
        glass = (along < -1.0) & (along > -1.85) & (z > 1.15) & (z < 1.75)
        colour = np.where(glass[:, None], [48.0, 58.0, 66.0], colour)
        stripe = (z > 0.7) & (z < 0.88)
        colour = np.where(stripe[:, None], [188.0, 84.0, 44.0], colour)
        colour = np.where(seam[:, None], 120.0, colour)
        wheel = np.minimum(np.hypot(along + 1.35, z - 0.33), np.hypot(along - 1.35, z - 0.33))
        colour = np.where((wheel < 0.34)[:, None], 34.0, colour)
        return np.where((wheel < 0.18)[:, None], 140.0, colour)

    return [
        block((*corner.at(right, beyond), 0.03), (4.4, 1.75, 1.05), side, corner.turn),
        block((*corner.at(right + 0.25, beyond), 1.08), (3.9, 1.65, 0.9), side, corner.turn),
    ]
