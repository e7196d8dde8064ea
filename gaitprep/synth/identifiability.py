"""How well people can be told apart by their true gait alone, as drawn: an upper bound for recognition by gait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.synth.gait import Gait, spreads

GALLERY = ("nm-01", "nm-02", "nm-03", "nm-04")
PROBE = ("nm-05", "nm-06")


@dataclass(frozen=True)
class Identifiability:
    """What nearest neighbours on the true parameters tell.

    Attributes:
        subjects, parameters: how many there are.
        rank_1: share of probe walks whose nearest gallery walk is of the same person.
        within, nearest_other: median distance, in standard deviations of the population, to the nearest gallery walk of
            the same person and of anybody else.
    """

    subjects: int
    parameters: int
    rank_1: float
    within: float
    nearest_other: float


def identifiability(seed: int, world: str, subjects: int, noise: float = 1.0) -> Identifiability:
    """Draws people and six walks of each; four are the gallery and two the probes, as in CASIA-B.

    Args:
        noise: share of the drawn difference between walks of a person that counts.
    """
    names = [f"{number:03d}" for number in range(1, subjects + 1)]
    scale = np.array([deviation for _, deviation, _, _ in spreads().values()])

    def walks(conditions: tuple[str, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        rows = []
        for name in names:
            own = Gait.draw(seed, world, name)
            usual = np.array(list(own.as_dict().values()))
            for condition in conditions:
                today = np.array(list(own.today(seed, world, name, condition).as_dict().values()))
                rows.append((usual + noise * (today - usual)) / scale)
        return np.array(rows)

    gallery, probe = walks(GALLERY), walks(PROBE)
    distance = np.linalg.norm(probe[:, None] - gallery[None], axis=2).reshape(len(probe), subjects, len(GALLERY))
    nearest = distance.min(axis=2)
    own = np.repeat(np.arange(subjects), len(PROBE))
    same = nearest[np.arange(len(probe)), own]
    nearest[np.arange(len(probe)), own] = np.inf
    other = nearest.min(axis=1)
    return Identifiability(
        subjects,
        len(scale),
        round(float(np.mean(same < other)), 4),
        round(float(np.median(same)), 3),
        round(float(np.median(other)), 3),
    )
