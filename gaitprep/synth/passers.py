"""Other people on the site: passers-by, and somebody who crosses the walker's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_TRIES = 200
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
    routes = [way(walker)]
    there: dict[str, Person] = {}
    for number in range(1, take.passers + 1):
        random = stream(take.seed, "passer", place, take.subject, take.condition, number)
        stranger = _stranger(take, f"{place}/passer-{number}", times, random)
        own = way(stranger)
        for _ in range(_TRIES):
            move = _draw(own, random)
            route = move.of(own)
            in_view = np.array([_in_picture(route, camera) for camera in cameras])
            beyond = corner.beyond(route)[in_view.any(axis=0)]
            if (
                min(_distance(route, other) for other in routes) > _APART
                and in_view.mean(axis=1).max() < 0.6
                and in_view.mean(axis=1).mean() > 0.2
                and beyond.max() < 2.5
                and beyond.min() > -1.8
            ):
                there[f"passer-{number}"] = _moved(stranger, move)
                routes.append(route)
                break
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
    return _moved(stranger, _move(way(stranger), heading, meeting + near * sight, when))


def _stranger(take: Take, name: str, times: Floats, random: np.random.Generator) -> Person:
    walks = list(WORLDS[take.world].conditions)
    known = f"{take.subject}/{take.condition}/{name}"
    return person(take.seed, take.world, known, walks[choose(random, len(walks))], take.frames, times=times)


@dataclass(frozen=True)
class _Move:
    """A turn `[3, 3]` about z, then a shift `[3]` along the ground."""

    turn: Floats
    shift: Floats

    def of(self, route: Floats) -> Floats:
        """Points `[n, 3]` moved."""
        return np.asarray(route @ self.turn.T + self.shift)


def _move(route: Floats, heading: float, through: Sequence[float] | Floats, when: float) -> _Move:
    """Turns a route by `heading` degrees and lets it pass (x, y) when the share `when` of it is over."""
    turn = about_z(heading)
    first, last = route[[0, -1]] @ turn.T
    shift = np.append(np.asarray(through) - (first + when * (last - first))[:2], 0.0)
    return _Move(turn, shift)


def _draw(route: Floats, random: np.random.Generator) -> _Move:
    along = random.random() < 0.6
    against = choose(random, 2, (0.25, 0.75) if along else None)
    heading = 180.0 * against + float(random.normal(0, 8)) + (0.0 if along else 90.0)
    wide, deep = (2.4, 1.6) if along else (1.2, 3.0)
    through = (float(random.uniform(-wide, wide)), float(random.uniform(-deep, deep)))
    return _move(route, heading, through, float(random.uniform(-0.3, 1.3)))


def _moved(someone: Person, move: _Move) -> Person:
    transforms = move.turn @ someone.transforms
    transforms[..., 3] += move.shift
    return replace(someone, transforms=transforms)


def _in_picture(route: Floats, camera: Camera) -> NDArray[np.bool_]:
    """`[n]` whether at least about half of somebody on this route is in the picture."""
    u, _, nearness = camera.project(route).T
    return np.asarray((u > 0) & (u < camera.width) & (nearness > 0))


def _distance(one: Floats, other: Floats) -> float:
    return float(np.linalg.norm(one[:, :2] - other[:, :2], axis=1).min())
