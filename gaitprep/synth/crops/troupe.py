"""Who is on the crops: two people for each run of crops, in as many poses as there are crops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.crops.poses import POSES, pose
from gaitprep.synth.crops.recipe import Recipe
from gaitprep.synth.dress import dressed
from gaitprep.synth.motion import Walker
from gaitprep.synth.people import Figure, Subject, posed
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.wardrobe import Outfit

RUN = 24
"""Crops that share two people: making somebody takes as long as drawing a crop."""


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


def _figure(seed: int, name: str, recipe: Recipe) -> Figure:
    subject = Subject.draw(seed, "crops", name)
    random = stream(seed, "crops", "poses", name)
    outfit = Outfit.draw(seed, "crops", name, "crops")
    body = Body.of(subject.phenotype)
    walk = Walker(body, subject.gait, dressed(body, subject.look, outfit)).walk(np.zeros(RUN) + np.arange(RUN), 0.0)
    moments: list[dict[str, Floats]] = []
    for number in range(RUN):
        at = {bone: turns if turns.ndim == 2 else turns[number] for bone, turns in walk.rotations.items()}
        moments.append(pose(body, at, POSES[choose(random, len(POSES), recipe.poses)], random))
    bones = sorted({bone for moment in moments for bone in moment})
    rotations = {bone: np.stack([moment.get(bone, np.eye(3)) for moment in moments]) for bone in bones}
    return posed(subject, outfit, rotations)
