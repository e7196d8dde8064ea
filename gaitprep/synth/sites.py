"""The places where walks are filmed: a laboratory, and four that a campus has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaitprep.synth.furniture import Corner, bench, bin_, board, bush, cabinet, hedge, lamp, planter, tree, van
from gaitprep.synth.scenery import Floats, Surface, Thing, block, mottled, plain, pole, wall
from gaitprep.synth.seeds import stream
from gaitprep.synth.texture import Noise, bricks, foliage, paving, windows


@dataclass(frozen=True)
class Site:
    """A place.

    Attributes:
        ground: colours of the plane z = 0; things: what stands on it.
        corner: right and far, as its cameras see the place.
        open: whether the sun may also stand beyond it; else a building is there.
    """

    ground: Surface
    things: Sequence[Thing]
    corner: Corner
    open: bool


@lru_cache(maxsize=8)
def site(name: str) -> Site:
    """The site of this name; always the same."""
    build, azimuth, is_open = _SITES[name]
    corner = Corner(azimuth)
    random = stream(0, "site", name)
    ground, things = build(corner, random, Noise(random))
    return Site(ground, things, corner, is_open)


_Parts = tuple[Surface, list[Thing]]


def _lab(corner: Corner, random: np.random.Generator, noise: Noise) -> _Parts:
    """A plain hall with faint panels and a skirting board; doors, cabinets and a board along its walls."""
    paint, floor = np.array([226.0, 230.0, 221.0]), np.array([146.0, 140.0, 130.0])

    def panels(points: Floats) -> Floats:
        along, z = points[:, 0] + points[:, 1], points[:, 2]
        glow = 0.97 + 0.06 * np.exp(-((((points[:, 1] + 2.0) % 4.6 - 2.3) / 1.2) ** 2)) + 0.03 * (z - 1.2)
        seam = np.where(np.abs((along / 1.22 + 0.3) % 1.0) < 0.012, 0.94, 1.0)
        return np.asarray((glow * seam * (1.0 + 0.012 * noise.cloud(along, z, 0.8)))[:, None] * paint)

    def lino(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        glow = 0.97 + 0.08 * np.exp(-(x**2 + ((y + 2.3) % 4.6 - 2.3) ** 2) / 5.0)
        return np.asarray((glow * (1.0 + 0.02 * noise.cloud(x, y, 0.5)))[:, None] * floor)

    corners = [(7.4, -8.2), (7.4, 8.2), (-3.1, 8.2), (-3.1, -8.2)]
    sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
    things = [wall(a, b, 5.0, panels) for a, b in sides]
    inner = [(7.38, -8.18), (7.38, 8.18), (-3.08, 8.18), (-3.08, -8.18)]
    skirting = plain(*(paint * 0.55))
    things += [wall(a, b, 0.1, skirting) for a, b in zip(inner, inner[1:] + inner[:1], strict=True)]
    things += cabinet(-2.9, 2.75, 0.0) + cabinet(-2.9, -3.3, 0.0) + cabinet(2.6, 7.95, np.pi / 2)
    things += [
        block((-3.08, -0.1, 1.05), (0.04, 1.9, 1.0), plain(250, 252, 250)),
        block((-0.6, 8.16, 0.0), (0.95, 0.06, 2.05), mottled(np.array([142.0, 120.0, 96.0]), noise, 0.3, 0.03)),
        block((0.9, -8.16, 0.0), (0.95, 0.06, 2.05), mottled(np.array([142.0, 120.0, 96.0]), noise, 0.3, 0.03)),
    ]
    return lino, things


def _courtyard(corner: Corner, random: np.random.Generator, noise: Noise) -> _Parts:
    """Slabs before a brick wall with windows; a bench, planters, a lamp."""
    slab, brick, glass = np.array([152.0, 145.0, 134.0]), np.array([148.0, 94.0, 76.0]), np.array([58.0, 70.0, 84.0])

    def ground(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        return np.asarray((paving(x, y, 0.5, noise) * (1.0 + 0.05 * noise.cloud(x + 9, y, 1.6)))[:, None] * slab)

    def front(points: Floats) -> Floats:
        across, z = corner.across(points), points[:, 2]
        bright, pane = windows(across, z + 0.2, 2.1, 3.0)
        stone = (bricks(across, z, noise) * bright)[:, None] * brick
        return np.where(pane[:, None], glass * (1.0 + 0.3 * noise.cloud(across, z, 0.9)[:, None]), stone)

    things = [wall(corner.at(16, 5.6), corner.at(-16, 5.6), 6.5, front)]
    things += bench(corner, -1.9, 4.6) + planter(corner, 0.4, 4.7, noise) + planter(corner, 3.4, 4.5, noise)
    things += planter(corner, -4.3, 3.6, noise) + lamp(corner, 2.1, 3.6) + bin_(corner, -0.6, 4.8, (70, 96, 80))
    return ground, things + board(corner, 4.6, 3.0, (58, 92, 150))


def _park(corner: Corner, random: np.random.Generator, noise: Noise) -> _Parts:
    """A gravel path through grass, under trees; bushes, a bench, a hedge."""
    grass, gravel = np.array([88.0, 112.0, 58.0]), np.array([158.0, 146.0, 124.0])

    def ground(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        edge = np.abs(x) > 1.25 + 0.12 * noise.cloud(x, y, 1.3)
        green = foliage(x, y, noise) * 0.4 + 0.62
        stones = 0.97 + 0.16 * noise.cloud(x, y, 0.07, 3) + 0.07 * noise.cloud(x, y, 1.4)
        return np.asarray(np.where(edge[:, None], green[:, None] * grass, stones[:, None] * gravel))

    things = hedge(corner, 7.4, 1.5, noise)
    things += tree(corner, -2.6, 4.4, noise) + tree(corner, 2.9, 3.4, noise) + tree(corner, 0.6, 6.4, noise)
    things += (
        tree(corner, -5.0, -0.6, noise) + bush(corner, 1.5, 5.0, 0.75, noise) + bush(corner, -4.2, 5.6, 0.9, noise)
    )
    things += bush(corner, 4.6, 4.6, 0.6, noise) + bench(corner, -0.8, 3.9) + bin_(corner, 0.7, 4.0, (64, 66, 60))
    return ground, things


def _street(corner: Corner, random: np.random.Generator, noise: Noise) -> _Parts:
    """Asphalt and a pavement before a plastered house; a van at the kerb, bollards, signs."""
    tar, plaster, glass = np.array([112.0, 112.0, 116.0]), np.array([192.0, 178.0, 150.0]), np.array([60.0, 72.0, 84.0])

    def ground(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        across, beyond = corner.across(points), corner.beyond(points)
        road = (1.0 + 0.09 * noise.cloud(x, y, 0.06, 2) + 0.07 * noise.cloud(x, y, 1.7))[:, None] * tar
        slabs = paving(across, beyond, 0.4, noise)[:, None] * np.array([148.0, 144.0, 138.0])
        stripe = (np.abs(across + 2.2) % 1.1 < 0.5) & (np.abs(across + 2.0) < 3.4) & (beyond < -0.9) & (beyond > -3.2)
        worn = np.where(noise.cloud(x, y, 0.25) > -0.6, 205.0, 140.0)
        road = np.where(stripe[:, None], worn[:, None] * np.array([1.0, 1.0, 0.97]), road)
        kerb = np.abs(beyond - 2.7) < 0.08
        return np.where(kerb[:, None], 172.0, np.where((beyond > 2.7)[:, None], slabs, road))

    def front(points: Floats) -> Floats:
        across, z = corner.across(points), points[:, 2]
        bright, pane = windows(across + 0.5, z + 0.35, 1.9, 2.7)
        dirt = bright * (1.0 + 0.05 * noise.cloud(across, z, 1.1)) * np.where(z < 0.35, 0.62, 1.0)
        return np.where(
            pane[:, None], glass * (1.0 + 0.35 * noise.cloud(across, z, 0.9)[:, None]), dirt[:, None] * plaster
        )

    things = [wall(corner.at(16, 5.4), corner.at(-16, 5.4), 7.0, front), *van(corner, 2.4, 3.6)]
    things += [pole(corner.at(right, 2.95), 0.07, 0.0, 0.85, plain(70, 72, 76)) for right in (-4.4, -3.2, -2.0, -0.8)]
    things += board(corner, -1.5, 4.6, (176, 60, 52)) + bin_(corner, -3.4, 4.7, (92, 60, 48)) + lamp(corner, -4.6, 3.3)
    return ground, things


def _yard(corner: Corner, random: np.random.Generator, noise: Noise) -> _Parts:
    """Concrete with painted bays before containers and a fence; crates, cones, bushes behind."""
    concrete = np.array([164.0, 160.0, 150.0])

    def ground(points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        across, beyond = corner.across(points), corner.beyond(points)
        joint = (x % 2.5 < 0.03) | (y % 2.5 < 0.03)
        stain = 1.0 + 0.1 * noise.cloud(x, y, 1.1) + 0.05 * noise.cloud(x, y, 0.1, 2)
        line = (np.abs(across % 2.3 - 0.06) < 0.06) & (beyond > 1.6) & (beyond < 5.0)
        paint = np.where(line[:, None], [206.0, 186.0, 84.0], concrete)
        return np.asarray((stain * np.where(joint, 0.72, 1.0))[:, None] * paint)

    def ribbed(colour: Sequence[float]) -> Surface:
        def surface(points: Floats) -> Floats:
            rib = 1.0 + 0.16 * np.sign(np.sin(corner.across(points) * 2 * np.pi / 0.28))
            rust = 1.0 + 0.08 * noise.cloud(corner.across(points), points[:, 2], 0.5)
            return np.asarray((rib * rust)[:, None] * np.array(colour))

        return surface

    things = hedge(corner, 8.6, 2.2, noise)
    for right, colour in ((-3.3, (150, 66, 52)), (3.2, (54, 92, 128))):
        things.append(block((*corner.at(right, 6.3), 0.0), (5.4, 2.3, 2.5), ribbed(colour), corner.turn))
    steel = plain(96, 100, 102)
    for right in np.arange(-7.0, 7.1, 1.4):
        things.append(pole(corner.at(float(right), 4.9), 0.03, 0.0, 1.25, steel, 8))
    for height in (0.35, 0.8, 1.2):
        things.append(block((*corner.at(0, 4.9), height), (14.0, 0.03, 0.05), steel, corner.turn))
    wood = mottled(np.array([168.0, 128.0, 84.0]), noise, 0.12, 0.12)
    things.append(block((*corner.at(2.2, 4.1), 0.0), (0.9, 0.7, 0.65), wood, corner.turn + 0.3))
    things.append(block((*corner.at(2.3, 4.1), 0.65), (0.6, 0.5, 0.45), wood, corner.turn - 0.2))
    things.append(pole(corner.at(-2.9, 3.6), 0.29, 0.0, 0.88, mottled(np.array([52.0, 84.0, 150.0]), noise, 0.4, 0.1)))
    things.append(pole(corner.at(-3.6, 3.9), 0.29, 0.0, 0.88, mottled(np.array([176.0, 150.0, 48.0]), noise, 0.4, 0.1)))
    return ground, things + bush(corner, 4.8, 4.2, 0.6, noise)


_SITES: dict[str, tuple[Callable[[Corner, np.random.Generator, Noise], _Parts], float, bool]] = {
    "lab": (_lab, 90.0, True),
    "courtyard": (_courtyard, 45.0, False),
    "park": (_park, 135.0, True),
    "street": (_street, 225.0, False),
    "yard": (_yard, 315.0, True),
}
