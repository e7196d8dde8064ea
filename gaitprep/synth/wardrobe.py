"""What people wear: colours and cuts, drawn by the seed. An outfit belongs to a subject and a group of conditions."""

from __future__ import annotations

import colorsys
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gaitprep.synth.seeds import choose, stream

Colour = tuple[int, int, int]
"""sRGB, 0 to 255."""

_HAIR: tuple[Colour, ...] = ((24, 20, 19), (38, 27, 21), (66, 43, 28), (104, 74, 44), (150, 118, 74), (126, 122, 118))
_SKIN: tuple[Colour, ...] = (
    (236, 200, 176),
    (222, 178, 148),
    (198, 150, 116),
    (164, 116, 84),
    (122, 82, 58),
    (84, 56, 42),
)
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
_SHOES: tuple[Colour, ...] = ((28, 28, 30), (60, 44, 34), (104, 76, 52), (196, 196, 198), (120, 124, 132), (52, 58, 80))


@dataclass(frozen=True)
class Look:
    """What belongs to the person and not to the outfit: skin, hair and where the hair begins."""

    skin: Colour
    hair: Colour
    hairline: float
    hair_volume: float

    @staticmethod
    def draw(seed: int, world: str, subject: str) -> Look:
        """A person's skin and hair."""
        random = stream(seed, "look", world, subject)
        skin = choose(random, len(_SKIN))
        light_hair = (2.0, 1.5, 1.0) if skin < 2 else (0.0, 0.0, 0.4)
        return Look(
            skin=_near(random, _SKIN[skin], 8),
            hair=_near(random, _HAIR[choose(random, len(_HAIR), (4.0, 3.0, 3.0, *light_hair))], 6),
            hairline=_within(random, -0.014, 0.012),
            hair_volume=_within(random, 0.006, 0.024),
        )

    def as_dict(self) -> dict[str, Any]:
        """Name → value."""
        return asdict(self)


@dataclass(frozen=True)
class Outfit:
    """Colours and cuts of a shirt, trousers and shoes.

    Lengths are places on the mean adult body: `hem`, `cuff` and `collar` are heights in metres (floor −0.82, hip 0.11,
    neck 0.68), `sleeve` is the share of the arm from shoulder (0) to wrist (1) that is covered. `shirt_ease`,
    `trouser_ease` are the distances of the cloth from the skin in metres; `flare` widens the trousers downwards.
    """

    shirt: Colour
    trousers: Colour
    shoes: Colour
    hem: float
    sleeve: float
    collar: float
    cuff: float
    shirt_ease: float
    trouser_ease: float
    flare: float

    @staticmethod
    def draw(seed: int, world: str, subject: str, group: str) -> Outfit:
        """The outfit that a subject wears in a group of conditions."""
        random = stream(seed, "outfit", world, subject, group)
        shorts = random.random() < 0.08
        return Outfit(
            shirt=_shirt(random),
            trousers=_near(random, _TROUSERS[choose(random, len(_TROUSERS), (4, 3, 3, 1, 2, 2, 1, 2, 1))], 9),
            shoes=_near(random, _SHOES[choose(random, len(_SHOES), (4, 2, 1, 3, 1, 1))], 8),
            hem=_within(random, 0.05, 0.17),
            sleeve=(0.28, 0.4, 0.62, 0.97)[choose(random, 4, (2, 3, 1, 5))],
            collar=_within(random, 0.635, 0.675),
            cuff=_within(random, -0.36, -0.26) if shorts else _within(random, -0.785, -0.735),
            shirt_ease=_within(random, 0.006, 0.026),
            trouser_ease=_within(random, 0.004, 0.016),
            flare=_within(random, 0.0, 0.02),
        )

    def as_dict(self) -> dict[str, Any]:
        """Name → value."""
        return asdict(self)


def _within(random: np.random.Generator, low: float, high: float) -> float:
    return round(float(random.uniform(low, high)), 4)


def _near(random: np.random.Generator, colour: Colour, spread: float) -> Colour:
    """A shade of a colour: lighter or darker, the hue almost kept."""
    shift = random.normal(0, spread) + random.normal(0, spread / 5, 3)
    red, green, blue = np.clip(np.array(colour) + shift, 8, 247).astype(int).tolist()
    return red, green, blue


def _shirt(random: np.random.Generator) -> Colour:
    """Half of the shirts are greys, blacks and whites, the others coloured."""
    if random.random() < 0.4:
        grey = choose(random, 3, (2, 2, 3))
        return _near(random, ((40, 40, 44), (118, 118, 122), (222, 220, 216))[grey], 10)
    red, green, blue = colorsys.hsv_to_rgb(random.random(), random.uniform(0.35, 0.85), random.uniform(0.3, 0.85))
    return int(red * 255), int(green * 255), int(blue * 255)
