"""What makes a video harder, one function for each stressor that is not a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitprep.synth.camera import Camera
from gaitprep.synth.plan import Take
from gaitprep.synth.scenery import Floats, Thing, mottled, pole
from gaitprep.synth.seeds import stream
from gaitprep.synth.texture import Noise
from gaitprep.synth.worlds import WORLDS

_TICKS = 90_000  # a video's clock per second
MARGIN = 24
"""Pixels that a scene shows beyond the picture on each side, for cameras that shake."""


def frame_times(take: Take) -> Floats:
    """`[n]` presentation times in seconds, in whole ticks of the container: even, or with `variable-rate` uneven.

    Uneven ones are as of a recorder that is busy: frames come early or late, and now and then some are left out. The
    mean rate is the world's.
    """
    even = np.arange(take.frames) / WORLDS[take.world].fps
    if "variable-rate" not in take.stressors or take.frames < 3:
        return np.asarray(np.round(even * _TICKS) / _TICKS)
    random = _stream(take, "variable-rate")
    gaps = random.uniform(0.45, 1.55, take.frames - 1)
    gaps[random.random(take.frames - 1) < 0.06] += 2.5
    times = np.concatenate([[0.0], np.cumsum(gaps)]) * even[-1] / gaps.sum()
    return np.asarray(np.round(times * _TICKS) / _TICKS)


def shaken(take: Take, camera: Camera, times: Floats) -> list[Camera]:
    """The camera of every frame, on a pole in the wind: slow sway, quick trembling, a knock or two."""
    random = _stream(take, "jitter")
    shake = np.zeros((len(times), 3))
    for speed, size in ((0.6, 0.16), (1.9, 0.1), (7.3, 0.05)):
        angle = 2 * np.pi * (speed * random.uniform(0.8, 1.2, 3) * times[:, None] + random.random(3))
        shake += size * random.uniform(0.6, 1.4, 3) * np.sin(angle)
    for start in random.uniform(0, times[-1] + 0.01, 2):
        since = np.maximum(times - start, 0.0)[:, None]
        shake += random.normal(0, 0.45, 3) * np.where(since > 0, np.exp(-since / 0.25) * np.cos(28 * since), 0.0)
    shake = np.clip(shake * [1.0, 1.0, 0.8], -1.2, 1.2)
    return [replace(camera, shake=(float(pan), float(tilt), float(roll))) for pan, tilt, roll in np.round(shake, 5)]


def exposures(take: Take, times: Floats) -> Floats:
    """`[n]` light that comes through: lamps that beat with the shutter, and an automatic exposure that hunts."""
    random = _stream(take, "flicker")
    beat = 1.0 + 0.2 * np.sin(2 * np.pi * (float(random.uniform(2.5, 6.0)) * times + float(random.random())))
    steps = np.concatenate([[0.0], np.sort(random.uniform(0, times[-1] + 0.01, 2))])
    aims = np.array([1.0, *random.choice([0.62, 0.75, 1.35, 1.55], 2)])
    level = np.ones(len(times))
    for start, before, after in zip(steps[1:], aims, aims[1:], strict=False):
        level += (after - before) * np.clip((times - start) / 0.12, 0.0, 1.0)
    return np.round(beat * level, 5)


def pillar(take: Take, camera: Camera, route: Floats) -> Thing:
    """A concrete pillar between camera and walker.

    Who walks across the picture is behind it for a while about half-way; of who comes or goes along the line of sight
    it hides one side.

    Args:
        route: `[n, 3]` the walker's root joint.
    """
    random = _stream(take, "occluder")
    place = route[int(random.uniform(0.35, 0.65) * len(route)), :2]
    eye = np.array(camera.position[:2])
    sight = (eye - place) / np.linalg.norm(eye - place)
    moving = (route[-1, :2] - route[0, :2]) / (np.linalg.norm(route[-1, :2] - route[0, :2]) + 1e-9)
    along = abs(float(moving @ sight))
    radius = float(random.uniform(0.16, 0.24))
    before = max(1.3, float(((route[:, :2] - place) @ sight).max()) + 0.9)
    aside = along**2 * (radius + 0.06) * float(random.choice([-1.0, 1.0]))
    x, y = place + before * sight + aside * camera.axes[0, :2]
    grey = mottled(np.array([160.0, 158.0, 152.0]), Noise(random), 0.35, 0.09)
    return pole((x, y), radius, 0.0, 6.0, grey, sides=28)


def _stream(take: Take, name: str) -> np.random.Generator:
    return stream(take.seed, name, take.world, take.subject, take.condition, take.view)
