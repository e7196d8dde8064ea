"""Who is on the crops: two people for each run of crops, in as many poses as there are crops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaitprep.synth import materials as m
from gaitprep.synth.attire import holds
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.crops.poses import POSES, pose
from gaitprep.synth.crops.recipe import Recipe
from gaitprep.synth.dress import dressed
from gaitprep.synth.motion import Walker
from gaitprep.synth.people import Figure, Subject, posed
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.tailor import cloth, trousers
from gaitprep.synth.things import Kind, Thing
from gaitprep.synth.wardrobe import Outfit

RUN = 24
"""Crops that share two people: making somebody takes as long as drawing a crop."""
_THINGS: dict[Kind, float] = {
    "backpack": 3,
    "shoulder bag": 3,
    "handbag": 3,
    "briefcase": 2,
    "trolley": 0.6,
    "phone": 2,
}
_DYED = {m.SHIRT: 0.06, m.TROUSERS: 0.05, m.SHOES: 0.3, m.SKIRT: 0.09, m.HAT: 0.05, m.BAG: 0.09}


@dataclass(frozen=True)
class Troupe:
    """Two people, each with `RUN` poses."""

    people: tuple[Figure, Figure]

    def on_stage(self, who: int, pose_number: int, turn: Floats) -> Floats:
        """`[v, 3]` of a person turned by `turn [3, 3]`, standing over the origin of the floor z = 0."""
        vertices = self.people[who].vertices(pose_number) @ turn.T
        middle = (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0)) / 2
        return np.asarray(vertices - [*middle, vertices[:, 2].min()])


@lru_cache(maxsize=2)
def troupe(seed: int, run: int, recipe: Recipe) -> Troupe:
    """The people of the crops `run * RUN` to `(run + 1) * RUN − 1`."""
    first, second = (_figure(seed, f"{run}-{number}", recipe) for number in range(2))
    return Troupe((first, second))


def redyed(cloths: Floats, random: np.random.Generator) -> Floats:
    """Other clothes of the same cut: `[m, 11]` with new colours and patterns for all but skin, hair and eyes."""
    dyed = cloths.copy()
    for material, scale in _DYED.items():
        dyed[material] = (trousers(random) if material == m.TROUSERS else cloth(random, scale)).row()
    return dyed


def _figure(seed: int, name: str, recipe: Recipe) -> Figure:
    subject = Subject.draw(seed, "crops", name)
    random = stream(seed, "crops", "poses", name)
    outfit = Outfit.draw(seed, "crops", name, "crops", "over" if random.random() < recipe.over else "usual")
    kind = list(_THINGS)[choose(random, len(_THINGS), tuple(_THINGS.values()))]
    thing = Thing.draw(seed, "crops", name, (kind,)) if random.random() < recipe.carries else None
    body = Body.of(subject.phenotype)
    rest = dressed(body, subject.look, outfit)
    walker = Walker(body, subject.gait, rest, holds(body, rest, outfit, thing))
    walk = walker.walk(random.uniform(0, 100, RUN), 0.0)
    moments: list[dict[str, Floats]] = []
    for number in range(RUN):
        at = {bone: turns if turns.ndim == 2 else turns[number] for bone, turns in walk.rotations.items()}
        moments.append(pose(body, at, POSES[choose(random, len(POSES), recipe.poses)], random))
    bones = sorted({bone for moment in moments for bone in moment})
    rotations = {bone: np.stack([moment.get(bone, np.eye(3)) for moment in moments]) for bone in bones}
    return posed(subject, outfit, thing, rotations)
