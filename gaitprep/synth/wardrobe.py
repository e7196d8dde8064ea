"""What people wear. An outfit belongs to a subject and a group of conditions; skin and hair belong to the subject."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from gaitprep.synth.cloth import Cloth, Colour
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.tailor import cloth, coat_cloth, near, shoes, skirt_cloth, trousers, within

_HAIR: tuple[Colour, ...] = ((24, 20, 19), (38, 27, 21), (66, 43, 28), (104, 74, 44), (150, 118, 74), (126, 122, 118))
_SKIN: tuple[Colour, ...] = (
    (236, 200, 176),
    (222, 178, 148),
    (198, 150, 116),
    (164, 116, 84),
    (122, 82, 58),
    (84, 56, 42),
)

_LONG = -0.765  # metres: the cuff of trousers that nobody has shortened

HairCut = Literal["short", "long", "tail", "bun"]
HatKind = Literal["cap", "beanie", "brim"]
Wear = Literal["usual", "over"]
"""`usual` are indoor clothes; `over` is a coat, a skirt or a hat, which change the silhouette."""


@dataclass(frozen=True)
class Look:
    """What belongs to the person and not to the outfit: skin, hair, where it begins and how it is cut."""

    skin: Colour
    hair: Colour
    hairline: float
    hair_volume: float
    cut: HairCut = "short"
    length: float = 0.0

    @staticmethod
    def draw(seed: int, world: str, subject: str) -> Look:
        """A person's skin and hair."""
        random = stream(seed, "look", world, subject)
        skin = choose(random, len(_SKIN))
        light_hair = (2.0, 1.5, 1.0) if skin < 2 else (0.0, 0.0, 0.4)
        look = Look(
            skin=near(random, _SKIN[skin], 8),
            hair=near(random, _HAIR[choose(random, len(_HAIR), (4.0, 3.0, 3.0, *light_hair))], 6),
            hairline=within(random, -0.014, 0.012),
            hair_volume=within(random, 0.006, 0.024),
        )
        weights = (2.0, 4.0, 3.0, 1.5) if _female(seed, world, subject) else (12.0, 0.5, 0.4, 0.2)
        cuts: tuple[HairCut, ...] = ("short", "long", "tail", "bun")
        return replace(look, cut=cuts[choose(random, 4, weights)], length=within(random, 0.12, 0.26))

    def as_dict(self) -> dict[str, Any]:
        """Name → value."""
        return asdict(self)


@dataclass(frozen=True)
class Hanging:
    """Cloth that hangs round the hips: a skirt, or a coat below the waist.

    Attributes:
        hem: height of its lower end on the mean adult body, metres (hip 0.11, knee −0.3, ankle −0.74).
        ease: metres from the body at the top; flare: metres more at the hem; folds: depth of its folds there.
    """

    cloth: Cloth
    hem: float
    ease: float
    flare: float
    folds: float


@dataclass(frozen=True)
class Hat:
    """A hat: a cap with a peak, a knitted beanie, or one with a brim all round (metres)."""

    kind: HatKind
    cloth: Cloth
    brim: float


@dataclass(frozen=True)
class Outfit:
    """What is worn.

    Lengths are places on the mean adult body: `hem`, `cuff` and `collar` are heights in metres (floor −0.82, hip 0.11,
    neck 0.68), `sleeve` is the share of the arm from shoulder (0) to wrist (1) that is covered. `shirt_ease`,
    `trouser_ease` are the distances of the cloth from the skin in metres; `flare` widens the trousers downwards.
    A coat or jacket takes the shirt's place. Under a skirt, the trousers are tights.
    """

    shirt: Cloth
    trousers: Cloth
    shoes: Cloth
    hem: float
    sleeve: float
    collar: float
    cuff: float
    shirt_ease: float
    trouser_ease: float
    flare: float
    coat: Hanging | None = None
    skirt: Hanging | None = None
    hat: Hat | None = None

    @staticmethod
    def draw(seed: int, world: str, subject: str, group: str, wear: Wear = "usual") -> Outfit:
        """The outfit that a subject wears in a group of conditions."""
        random = stream(seed, "outfit", world, subject, group)
        shorts = random.random() < 0.08
        outfit = Outfit(
            shirt=cloth(random, 0.05),
            trousers=trousers(random),
            shoes=shoes(random),
            hem=within(random, 0.05, 0.17),
            sleeve=(0.28, 0.4, 0.62, 0.97)[choose(random, 4, (2, 3, 1, 5))],
            collar=within(random, 0.635, 0.675),
            cuff=within(random, -0.36, -0.26) if shorts else within(random, -0.778, -0.753),
            shirt_ease=within(random, 0.006, 0.026),
            trouser_ease=within(random, 0.004, 0.016),
            flare=within(random, 0.0, 0.02),
        )
        female = _female(seed, world, subject)
        if wear == "over":
            # A coat for most; a skirt, in place of the usual trousers, for some women; a hat with either or alone.
            what = choose(random, 3, (5.0, 4.0, 1.5) if female else (6.0, 0.0, 2.0))
            outfit = (_coated, _skirted, _padded)[what](random, outfit)
            return replace(outfit, hat=_hat(random)) if what == 2 or random.random() < 0.45 else outfit
        if female and random.random() < 0.12:
            outfit = _skirted(random, outfit)
        return outfit

    def today(self, seed: int, *sequence: str) -> Outfit:
        """The same outfit in another walk: cloth never falls twice alike."""
        random = stream(seed, "drape today", *sequence)
        shift = random.normal(0.0, 1.0, 4).clip(-2, 2)
        return replace(
            self,
            hem=round(self.hem + 0.008 * shift[0], 4),
            shirt_ease=round(max(0.003, self.shirt_ease + 0.0025 * shift[1]), 4),
            trouser_ease=round(max(0.001, self.trouser_ease + 0.0015 * shift[2]), 4),
            sleeve=round(min(0.99, self.sleeve + 0.012 * shift[3]), 4),
        )

    def as_dict(self) -> dict[str, Any]:
        """Name → value."""
        return asdict(self)


def _female(seed: int, world: str, subject: str) -> bool:
    return Phenotype.draw(seed, world, subject).gender > 0.5


def _coated(random: np.random.Generator, outfit: Outfit) -> Outfit:
    own = coat_cloth(random)
    ease = within(random, 0.018, 0.032)
    tail = Hanging(own, within(random, -0.4, -0.12), 0.006, within(random, 0.01, 0.06), within(random, 0.004, 0.014))
    return replace(outfit, shirt=own, sleeve=0.99, hem=0.02, collar=0.69, shirt_ease=ease, coat=tail, cuff=_LONG)


def _padded(random: np.random.Generator, outfit: Outfit) -> Outfit:
    """A padded jacket down to the hips."""
    ease = within(random, 0.032, 0.045)
    own = cloth(random, 0.09)
    tail = Hanging(own, within(random, -0.06, 0.02), 0.006, within(random, 0.0, 0.01), 0.0)
    return replace(outfit, shirt=own, sleeve=0.99, hem=0.08, collar=0.69, shirt_ease=ease, coat=tail, cuff=_LONG)


def _skirted(random: np.random.Generator, outfit: Outfit) -> Outfit:
    hem = (within(random, -0.2, -0.08), within(random, -0.42, -0.26), within(random, -0.66, -0.56))
    which = choose(random, 3, (3, 4, 2))
    dress = random.random() < 0.3
    own = outfit.shirt if dress else skirt_cloth(random)
    flare = within(random, 0.02, (0.05, 0.09, 0.11)[which])
    skirt = Hanging(own, hem[which], 0.008, flare, within(random, 0.006, 0.02))
    tights = Cloth(near(random, (30, 28, 32), 6))
    bare = random.random() < 0.5
    # Bare legs begin under the skirt.
    return replace(outfit, skirt=skirt, trousers=tights, cuff=0.0 if bare else -0.756, trouser_ease=0.001, flare=0.0)


def _hat(random: np.random.Generator) -> Hat:
    kinds: tuple[HatKind, ...] = ("cap", "beanie", "brim")
    which = choose(random, 3, (4, 3, 3))
    brim = (within(random, 0.06, 0.085), 0.0, within(random, 0.05, 0.1))[which]
    return Hat(kinds[which], cloth(random, 0.04), brim)
