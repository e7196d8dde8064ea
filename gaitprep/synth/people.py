"""Who walks: a subject's body, gait and look, and the person in one walk."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.body import Body, Floats, Rotations
from gaitprep.synth.canon import places
from gaitprep.synth.dress import dressed
from gaitprep.synth.gait import Gait
from gaitprep.synth.materials import colours, cut
from gaitprep.synth.motion import Walk, Walker
from gaitprep.synth.paint import BY_PLACE, Paint
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.rotations import about_z
from gaitprep.synth.seeds import stream
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
        rest: `[v, 3]` dressed rest vertices; transforms: `[n, b, 3, 4]` rest → world.
        faces: `[f, 3]` int32 triangles of the body and of what is worn and carried; paint: what colours them.
    """

    subject: Subject
    outfit: Outfit
    body: Body
    rest: Floats
    transforms: Floats
    faces: NDArray[np.int32]
    paint: Paint

    def vertices(self, frame: int) -> Floats:
        """`[v, 3]` in the world, metres, in the order that `faces` index."""
        return self.body.skin(self.transforms[frame], self.rest)


@dataclass(frozen=True)
class Person(Figure):
    """A subject in one walk.

    Attributes:
        gait: as walked this time; walk: phases and poses.
    """

    gait: Gait
    walk: Walk


def posed(subject: Subject, outfit: Outfit, rotations: Rotations, origin: Floats | None = None) -> Figure:
    """A subject in any poses.

    Args:
        rotations: bone → `[n, 3, 3]` or `[3, 3]`, see `Body.chain`; origin: `[n, 3]` where the root joint goes.
    """
    body = Body.of(subject.phenotype)
    return _figure(subject, outfit, body, dressed(body, subject.look, outfit), body.transforms(rotations, origin))


def person(seed: int, world: str, name: str, condition: str, frames: int, *, times: Floats | None = None) -> Person:
    """The walk of a subject under a condition; all cameras see the same walk.

    Args:
        times: `[frames]` of the frames in seconds, where they do not follow one another at the world's rate.
    """
    subject = Subject.draw(seed, world, name)
    outfit = Outfit.draw(seed, world, name, WORLDS[world].conditions[condition].outfit)
    gait = subject.gait.today(seed, world, name, condition)
    body = Body.of(subject.phenotype)
    rest = dressed(body, subject.look, outfit)
    start = float(stream(seed, "start", world, name, condition).random())
    walk = Walker(body, gait, rest).walk(np.arange(frames) / WORLDS[world].fps if times is None else times, start)
    heading, aside = stray(world, seed, name, condition)
    turn = about_z(heading)
    transforms = turn @ body.transforms(walk.rotations, walk.origin)
    transforms[..., 0, 3] += aside
    return Person(**vars(_figure(subject, outfit, body, rest, transforms)), gait=gait, walk=walk)


def _figure(subject: Subject, outfit: Outfit, body: Body, rest: Floats, transforms: Floats) -> Figure:
    faces = body.data["faces"]
    paint = Paint(
        places(), np.full(len(faces), BY_PLACE, np.int32), cut(subject.look, outfit), colours(subject.look, outfit)
    )
    return Figure(subject, outfit, body, rest, transforms, faces, paint)
