"""Other people on the site: passers-by, and somebody who crosses the walker's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.camera import Camera
from gaitprep.synth.people import Person, person
from gaitprep.synth.plan import Take
from gaitprep.synth.rotations import about_z
from gaitprep.synth.scenery import Floats
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.sites import site
from gaitprep.synth.worlds import WORLDS

HURRY = 1.4
"""How much quicker than in their usual gait people cross."""
_TRIES = 60
_APART = 1.0  # metres between the middles of two people


def way(someone: Person) -> Floats:
    """`[n, 3]` root joint in the world, metres."""
    root = someone.transforms[:, 0]
    return np.asarray(root[:, :, :3] @ someone.body.heads[0] + root[:, :, 3])


def passers(take: Take, walker: Person, times: Floats) -> dict[str, Person]:
    """The passers-by of a take by name; the same people on the same way for all cameras of its site.

    They walk along with or against the walker, or across, before or behind, and come near nobody. Each is in any
    camera's picture for a part of the time only: who is there throughout is the walker.
    """
    place = WORLDS[take.world].sites[take.view]
    cameras = WORLDS[take.world].neighbours(take.view)
    corner = site(place).corner
    there = {walker.subject.name: walker}
    for number in range(1, take.passers + 1):
        random = stream(take.seed, "passer", place, take.subject, take.condition, number)
        stranger = _stranger(take, f"{place}/passer-{number}", times, random)
        for _ in range(_TRIES):
            along = random.random() < 0.6
            against = choose(random, 2, (0.25, 0.75) if along else None)
            heading = 180.0 * against + float(random.normal(0, 8)) + (0.0 if along else 90.0)
            through = random.uniform((-2.4, -1.6) if along else (-1.2, -3.0), (2.4, 1.6) if along else (1.2, 3.0))
            candidate = _placed(stranger, heading, through, float(random.uniform(-0.3, 1.3)))
            in_view = np.array([_in_picture(candidate, camera) for camera in cameras])
            beyond = corner.beyond(way(candidate))[in_view.any(axis=0)]
            if (
                min(_distance(candidate, other) for other in there.values()) > _APART
                and in_view.mean(axis=1).max() < 0.6
                and in_view.mean(axis=1).mean() > 0.2
                and beyond.max() < 2.5
                and beyond.min() > -1.8
            ):
                there[f"passer-{number}"] = candidate
                break
    del there[walker.subject.name]
    return there


def crosser(take: Take, walker: Person, times: Floats, camera: Camera) -> Person:
    """Somebody who hurries across the camera's line of sight, close before or behind the walker.

    They meet early or late, so that the other is in the picture for a part of the time only.
    """
    random = stream(take.seed, "crosser", take.subject, take.condition, take.view)
    stranger = _stranger(take, f"{take.view}/crosser", HURRY * times, random)
    own = way(walker)
    when = (float(random.uniform(0.14, 0.22)), float(random.uniform(0.78, 0.86)))[choose(random, 2)]
    meeting = own[int(when * len(own)), :2]
    sight = np.array(camera.position[:2]) - meeting
    sight /= np.linalg.norm(sight)
    moving = own[-1, :2] - own[0, :2]
    right = camera.axes[0, :2]
    # Against the walker's own way across the picture, so that the two meet once.
    against = -1.0 if float(moving @ right) > 0 else 1.0
    heading = float(np.degrees(np.arctan2(against * right[0], -against * right[1]))) + float(random.uniform(-15, 15))
    near = float(random.choice([-1.0, 1.0])) * float(random.uniform(0.8, 1.0))
    return _placed(stranger, heading, meeting + near * sight, when)


def _stranger(take: Take, name: str, times: Floats, random: np.random.Generator) -> Person:
    walks = list(WORLDS[take.world].conditions)
    known = f"{take.subject}/{take.condition}/{name}"
    return person(take.seed, take.world, known, walks[choose(random, len(walks))], take.frames, times=times)


def _placed(someone: Person, heading: float, through: Sequence[float] | Floats, when: float) -> Person:
    """The same walk turned by `heading` degrees; it passes (x, y) when the share `when` of it is over."""
    transforms = about_z(np.array(heading)) @ someone.transforms
    turned = replace(someone, transforms=transforms)
    route = way(turned)[:, :2]
    transforms[..., :2, 3] += np.asarray(through) - (route[0] + when * (route[-1] - route[0]))
    return turned


def _in_picture(someone: Person, camera: Camera) -> NDArray[np.bool_]:
    """`[n]` whether at least about half of the person is in the picture."""
    u, _, nearness = camera.project(way(someone)).T
    return np.asarray((u > 0) & (u < camera.width) & (nearness > 0))


def _distance(one: Person, other: Person) -> float:
    return float(np.linalg.norm(way(one)[:, :2] - way(other)[:, :2], axis=1).min())
