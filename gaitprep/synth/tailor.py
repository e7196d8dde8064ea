"""Cloths as people buy them: colours and patterns, drawn by the seed."""

from __future__ import annotations

import colorsys

import numpy as np

from gaitprep.synth.cloth import Cloth, Colour, Pattern
from gaitprep.synth.seeds import choose

_TROUSERS: tuple[Colour, ...] = (
    (34, 36, 42),
    (44, 56, 84),
    (68, 84, 114),
    (120, 132, 150),
    (98, 86, 70),
    (150, 132, 104),
    (72, 76, 66),
    (92, 92, 96),
    (190, 184, 172),
)
_COATS: tuple[Colour, ...] = (
    (36, 36, 40),
    (40, 46, 66),
    (86, 82, 78),
    (168, 140, 104),
    (78, 80, 60),
    (110, 44, 46),
    (62, 92, 118),
    (200, 192, 180),
)
_SHOES: tuple[Colour, ...] = ((28, 28, 30), (60, 44, 34), (104, 76, 52), (196, 196, 198), (120, 124, 132), (52, 58, 80))
_PATTERNS: tuple[Pattern, ...] = ("plain", "stripe", "check", "noise", "gradient", "patches")
_FOLDS = 0.22


def cloth(random: np.random.Generator, scale: float, coloured: float = 0.6) -> Cloth:
    """A cloth for a shirt, coat, hat or bag.

    Args:
        scale: metres after which its pattern repeats, on average; coloured: how often it has a colour at all.
    """
    pattern = _PATTERNS[choose(random, 6, (10, 3, 3, 2, 1.5, 1.5))]
    size = scale * {"gradient": 8.0, "patches": 2.5}.get(pattern, 1.0) * within(random, 0.7, 1.5)
    ground, second = _colour(random, coloured), _colour(random, coloured)
    return Cloth(ground, pattern, second, size, random.random() < 0.3, _salt(random), _FOLDS)


def coat_cloth(random: np.random.Generator) -> Cloth:
    """Coats are darker and plainer than shirts."""
    if random.random() < 0.3:
        return cloth(random, 0.09)
    colour = near(random, _COATS[choose(random, len(_COATS))], 10)
    pattern = _PATTERNS[choose(random, 6, (14, 1, 2, 2, 1, 0))]
    return Cloth(colour, pattern, near(random, colour, 30), within(random, 0.05, 0.12), False, _salt(random), _FOLDS)


def trousers(random: np.random.Generator) -> Cloth:
    """Nearly all trousers are plain, as far as one sees from afar."""
    colour = near(random, _TROUSERS[choose(random, len(_TROUSERS), (4, 3, 3, 1, 2, 2, 1, 2, 1))], 9)
    pattern = _PATTERNS[choose(random, 6, (20, 1, 1, 2, 0, 0))]
    return Cloth(colour, pattern, near(random, colour, 22), within(random, 0.02, 0.06), True, _salt(random), _FOLDS)


def shoes(random: np.random.Generator) -> Cloth:
    """Plain shoes."""
    return Cloth(near(random, _SHOES[choose(random, len(_SHOES), (4, 2, 1, 3, 1, 1))], 8))


def skirt_cloth(random: np.random.Generator) -> Cloth:
    """A skirt's: half are as shirts, half as trousers."""
    return cloth(random, 0.09) if random.random() < 0.5 else trousers(random)


def within(random: np.random.Generator, low: float, high: float) -> float:
    """A number between two, to 0.1 mm."""
    return round(float(random.uniform(low, high)), 4)


def near(random: np.random.Generator, colour: Colour, spread: float) -> Colour:
    """A shade of a colour: lighter or darker, the hue almost kept."""
    shift = random.normal(0, spread) + random.normal(0, spread / 5, 3)
    red, green, blue = np.clip(np.array(colour) + shift, 8, 247).astype(int).tolist()
    return red, green, blue


def _salt(random: np.random.Generator) -> int:
    return int(random.integers(1 << 16))


def _colour(random: np.random.Generator, coloured: float) -> Colour:
    """Greys, blacks and whites, or a colour."""
    if random.random() >= coloured:
        grey = choose(random, 3, (2, 2, 3))
        return near(random, ((40, 40, 44), (118, 118, 122), (222, 220, 216))[grey], 10)
    red, green, blue = colorsys.hsv_to_rgb(random.random(), random.uniform(0.2, 0.75), random.uniform(0.22, 0.8))
    return int(red * 255), int(green * 255), int(blue * 255)
