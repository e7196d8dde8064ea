"""Poses other than walking: bone rotations laid over those of a walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.legs import Leg
from gaitprep.synth.rotations import about_x, about_y, about_z, apply, between, inverse

PoseName = Literal["walking", "standing", "running", "bent", "arms", "seated"]
POSES: tuple[PoseName, ...] = get_args(PoseName)

_SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")


def pose(body: Body, walk: Mapping[str, Floats], name: PoseName, random: np.random.Generator) -> dict[str, Floats]:
    """Turns one moment of a walk into a pose.

    Args:
        body: whose.
        walk: bone → `[3, 3]` of the walk at that moment.
        name: which pose; `walking` leaves the walk as it is.
        random: for what the pose leaves open.

    Returns:
        Bone → `[3, 3]`.
    """
    turns = dict(walk)
    if name == "standing":
        turns |= _standing(body, random)
        if random.random() < 0.4:
            turns |= _arms(body, random)
    elif name == "running":
        turns |= _running(body, random)
    elif name == "bent":
        turns |= _bent(body, turns, random)
    elif name == "arms":
        turns |= _arms(body, random)
    elif name == "seated":
        turns |= _seated(random)
        if random.random() < 0.5:
            turns |= _arms(body, random)
    return turns | _head(turns, random)


def _standing(body: Body, random: np.random.Generator) -> dict[str, Floats]:
    turns: dict[str, Floats] = {"root": about_z(random.uniform(-12, 12))}
    for side in (1, -1):
        end, leg = (".L" if side > 0 else ".R"), Leg.of(body, side)
        reach = float(leg.reach(random.uniform(3, 14)))
        apart = side * random.uniform(-0.02, 0.1)
        forward = random.uniform(-0.1, 0.1)
        hip, knee = leg.bend(np.array([[apart, forward, -np.sqrt(reach**2 - apart**2 - forward**2)]]), 5.0)
        bent = about_x(knee)
        turns["upperleg01" + end], turns["lowerleg01" + end] = hip[0], bent[0]
        turns["foot" + end] = inverse(hip @ bent)[0] @ about_z(side * random.uniform(-4, 18))
    return turns


def _running(body: Body, random: np.random.Generator) -> dict[str, Floats]:
    phase = random.random()
    lean, reach = random.uniform(4, 16), random.uniform(0.75, 1.2)
    turns: dict[str, Floats] = {"root": about_x(lean) @ about_z(8 * np.cos(2 * np.pi * phase))}
    for side in (1, -1):
        end, own = (".L" if side > 0 else ".R"), phase + (0.0 if side > 0 else 0.5)
        hip = reach * (18 + 36 * np.cos(2 * np.pi * own))
        knee = reach * (58 - 40 * np.cos(2 * np.pi * (own - 0.22)))
        turns["upperleg01" + end] = about_x(-hip)
        turns["lowerleg01" + end] = about_x(knee)
        turns["foot" + end] = about_x(random.uniform(-10, 35))
        swing = about_x(random.uniform(25, 50) * np.cos(2 * np.pi * own))
        down = _down(body, side, random.uniform(5, 16))
        turns["upperarm01" + end] = swing @ down
        turns["lowerarm01" + end] = inverse(down) @ about_x(-random.uniform(60, 115)) @ down
    return turns


def _bent(body: Body, turns: Mapping[str, Floats], random: np.random.Generator) -> dict[str, Floats]:
    bend = random.uniform(25, 95)
    spine = about_x(bend / len(_SPINE)) @ about_y(random.uniform(-4, 4)) @ about_z(random.uniform(-5, 5))
    bent = dict.fromkeys(_SPINE, spine)
    if random.random() < 0.6:
        bent |= _standing(body, random)
    bent["neck01"] = about_x(-random.uniform(0, 0.3) * bend)
    return bent | (_arms(body, random) if random.random() < 0.6 else {})


def _seated(random: np.random.Generator) -> dict[str, Floats]:
    turns: dict[str, Floats] = {"root": about_x(random.uniform(-12, 12))}
    for end, side in ((".L", 1), (".R", -1)):
        hip = random.uniform(70, 100)
        turns["upperleg01" + end] = about_z(side * random.uniform(-2, 22)) @ about_x(-hip)
        turns["lowerleg01" + end] = about_x(random.uniform(60, 105))
        turns["foot" + end] = about_x(random.uniform(-15, 10))
    return turns


def _arms(body: Body, random: np.random.Generator) -> dict[str, Floats]:
    """One arm or both do something else: point, wave, hold a phone, cross before the chest, rest on the hip."""
    turns: dict[str, Floats] = {}
    sides = ((1,), (-1,), (1, -1))[int(random.integers(3))]
    together = random.random() < 0.5
    draw = _arm_directions(random)
    for side in sides:
        upper, lower = draw if together else _arm_directions(random)
        end = ".L" if side > 0 else ".R"
        mirror = np.array([side, 1.0, 1.0])
        shoulder, elbow, wrist = (body.joints[body.bone(name + end)] for name in ("upperarm01", "lowerarm01", "wrist"))
        up = between(elbow - shoulder, upper * mirror)
        fold = between(apply(up, wrist - elbow), lower * mirror)
        turns["upperarm01" + end] = up
        turns["lowerarm01" + end] = inverse(up) @ fold @ up
    return turns


def _arm_directions(random: np.random.Generator) -> tuple[Floats, Floats]:
    """Directions of the left upper arm and forearm; x is outwards, −y forwards."""
    raised = random.uniform(0, 150)
    outwards = random.uniform(-15, 100)
    a, b = np.radians(raised), np.radians(outwards)
    upper = np.array([np.sin(a) * np.sin(b) + 0.12, -np.sin(a) * np.cos(b), -np.cos(a)])
    fold = random.uniform(0.0, 2.2)
    lower = upper + fold * _unit(
        np.array([-random.uniform(0.1, 0.9), -random.uniform(0.3, 1.0), random.uniform(-0.3, 1.0)])
    )
    return _unit(upper), _unit(lower)


def _head(turns: Mapping[str, Floats], random: np.random.Generator) -> dict[str, Floats]:
    look = about_z(float(np.clip(random.normal(0, 18), -60, 60))) @ about_x(float(random.normal(4, 9)))
    return {"head": turns.get("head", np.eye(3)) @ look}


def _down(body: Body, side: int, spread: float) -> Floats:
    end, angle = (".L" if side > 0 else ".R"), np.radians(spread)
    shoulder, elbow = (body.joints[body.bone(name + end)] for name in ("upperarm01", "lowerarm01"))
    return between(elbow - shoulder, np.array([side * np.sin(angle), 0.0, -np.cos(angle)]))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
