"""Who walks: a subject's body, gait and look, and the person in one walk."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.attire import Attire, holds
from gaitprep.synth.body import Body, Floats, Rotations
from gaitprep.synth.dress import dressed
from gaitprep.synth.gait import Gait
from gaitprep.synth.motion import Walk, Walker
from gaitprep.synth.paint import Paint
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.rotations import about_z
from gaitprep.synth.seeds import stream
from gaitprep.synth.things import Thing
from gaitprep.synth.wardrobe import Look, Outfit
from gaitprep.synth.worlds import WORLDS, stray


@dataclass(frozen=True)
class Subject:
    """An identity: what stays the same from walk to walk."""

    name: str
    phenotype: Phenotype
    gait: Gait
    look: Look

    @staticmethod
    def draw(seed: int, world: str, name: str) -> Subject:
        """The subject of this name in a world."""
        phenotype = Phenotype.draw(seed, world, name)
        gait = Gait.draw(seed, world, name)
        # The arms of stout people hang further from the body.
        gait = dataclasses.replace(gait, arm_spread=round(gait.arm_spread + 14 * max(0.0, phenotype.weight - 0.5), 5))
        return Subject(name, phenotype, gait, Look.draw(seed, world, name))


@dataclass(frozen=True)
class Figure:
    """Somebody dressed, with a pose for every frame: all that a film needs.

    Attributes:
        thing: what is carried, if anything; attire: body, clothes and thing as one mesh.
        transforms: `[n, b, 3, 4]` rest → world of the bones, the last of them the thing's where it is held.
    """

    subject: Subject
    outfit: Outfit
    thing: Thing | None
    body: Body
    attire: Attire
    transforms: Floats

    @property
    def faces(self) -> NDArray[np.int32]:
        """`[f, 3]` triangles of the body and of what is worn and carried."""
        return self.attire.faces

    @property
    def paint(self) -> Paint:
        """What colours the faces."""
        return self.attire.paint

    def vertices(self, frame: int) -> Floats:
        """`[v, 3]` in the world, metres, in the order that `faces` index."""
        return self.attire.vertices(self.transforms[frame])


@dataclass(frozen=True)
class Person(Figure):
    """A subject in one walk.

    Attributes:
        gait: as walked this time; walk: phases and poses.
    """

    gait: Gait
    walk: Walk


def posed(
    subject: Subject, outfit: Outfit, thing: Thing | None, rotations: Rotations, origin: Floats | None = None
) -> Figure:
    """A subject in any poses.

    Args:
        thing: what is carried; the arms are the caller's business (see `attire.holds`, `arms.arm_rotations`).
        rotations: bone → `[n, 3, 3]` or `[3, 3]`, see `Body.chain`; origin: `[n, 3]` where the root joint goes.
    """
    body = Body.of(subject.phenotype)
    attire = Attire.of(body, dressed(body, subject.look, outfit), subject.look, outfit, thing)
    return Figure(subject, outfit, thing, body, attire, attire.transforms(body, body.transforms(rotations, origin)))


def person(seed: int, world: str, name: str, condition: str, frames: int, *, times: Floats | None = None) -> Person:
    """The walk of a subject under a condition; all cameras see the same walk.

    Args:
        times: `[frames]` of the frames in seconds, where they do not follow one another at the world's rate.
    """
    seconds = np.arange(frames) / WORLDS[world].fps if times is None else times
    return _person(seed, world, name, condition, tuple(seconds.tolist()))


@lru_cache(maxsize=8)  # the cameras of a walk follow one another, and making somebody takes as long as ten frames
def _person(seed: int, world: str, name: str, condition: str, times: tuple[float, ...]) -> Person:
    subject = Subject.draw(seed, world, name)
    asked = WORLDS[world].conditions[condition]
    outfit = Outfit.draw(seed, world, name, asked.outfit, asked.wear).today(seed, world, name, condition)
    thing = Thing.draw(seed, world, name, asked.carries) if asked.carries else None
    gait = subject.gait.today(seed, world, name, condition)
    body = Body.of(subject.phenotype)
    rest = dressed(body, subject.look, outfit)
    start = float(stream(seed, "start", world, name, condition).random())
    walk = Walker(body, gait, rest, holds(body, rest, outfit, thing)).walk(np.array(times), start)
    heading, aside = stray(world, seed, name, condition)
    turn = about_z(heading)
    transforms = turn @ body.transforms(walk.rotations, walk.origin)
    transforms[..., 0, 3] += aside
    attire = Attire.of(body, rest, subject.look, outfit, thing)
    return Person(subject, outfit, thing, body, attire, attire.transforms(body, transforms), gait, walk)
