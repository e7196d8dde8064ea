"""Arms that hang and swing. anny's reference pose spreads them like an A, with bent elbows and open hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.gait import Gait
from gaitprep.synth.rotations import about, about_x, about_z, apply, between, inverse

_CURL = {"-1": 24.0, "-2": 26.0, "-3": 18.0}  # degrees of a relaxed finger's joints
_CLOSING = {"finger1": 0.45, "finger2": 0.75, "finger4": 0.75, "finger5": 0.75}  # share of the way to the middle finger
_EAR = 0.088  # metres from the middle
_INWARD = 20.0  # degrees that relaxed knuckles turn towards the thigh


@dataclass(frozen=True)
class Hold:
    """What an arm does besides swinging.

    Attributes:
        swing: share of the usual swing; spread, forward: degrees more away from the body, or ahead.
        least: degrees from the body that keep the hand clear of the hip.
        grip: whether the hand is closed; raised: whether it is at the ear.
    """

    swing: float = 1.0
    spread: float = 0.0
    forward: float = 0.0
    least: float = 0.0
    grip: bool = False
    raised: bool = False


FREE = Hold()


def arm_rotations(body: Body, gait: Gait, phase: Floats, holds: Mapping[int, Hold] | None = None) -> dict[str, Floats]:
    """Bone rotations of both arms at phases `[n]` of the left leg; each arm swings with the opposite leg.

    Args:
        holds: side (+1 left, −1 right) → what its arm does; arms that are not there are free.
    """
    rotations: dict[str, Floats] = {}
    for side in (1, -1):
        hold = (holds or {}).get(side, FREE)
        if hold.raised:
            rotations.update(_at_ear(body, side))
            continue
        end = ".L" if side > 0 else ".R"
        shoulder, elbow, wrist = (body.joints[body.bone(name + end)] for name in ("upperarm01", "lowerarm01", "wrist"))
        spread = np.radians(max(gait.arm_spread, hold.least) + hold.spread)
        hanging = np.array([side * np.sin(spread), 0.0, -np.cos(spread)])
        down = between(elbow - shoulder, hanging)
        straight = between(apply(down, wrist - elbow), hanging)

        own = phase + (0.0 if side > 0 else 0.5) - gait.arm_lag
        share = hold.swing * (gait.arm_balance if side > 0 else 2.0 - gait.arm_balance)
        forward = -np.cos(2 * np.pi * own)
        swing = about_x(-(gait.arm_forward + hold.forward + gait.arm_swing * share * forward))
        flexion = gait.elbow * (0.5 if hold.grip else 1.0) + gait.elbow_swing * share * (0.5 + 0.5 * forward) ** 1.5
        bent = about_z(side * -10.0) @ about_x(-flexion)  # the forearm also turns a little inwards
        rotations["upperarm01" + end] = swing @ down
        rotations["lowerarm01" + end] = inverse(down) @ bent @ straight @ down
        forwards = apply(about_z(side * -_INWARD), np.array([0.0, -1.0, 0.0]))
        rotations.update(_hand(body, side, straight @ down, hanging, forwards, 2.4 if hold.grip else 1.0))
    return rotations


def _at_ear(body: Body, side: int) -> dict[str, Floats]:
    """An arm that holds something to the ear: elbow down and ahead, forearm up, palm to the head."""
    end = ".L" if side > 0 else ".R"
    shoulder, elbow, wrist = (body.joints[body.bone(name + end)] for name in ("upperarm01", "lowerarm01", "wrist"))
    eye = body.joints[body.bone("eye" + end)]
    ear = np.array([side * _EAR, body.joints[body.bone("head")][1] - 0.01, eye[2] - 0.03])
    upper, lower = float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))
    target = ear + np.array([side * 0.035, -0.085, -0.135])
    way = target - shoulder
    distance = float(np.clip(np.linalg.norm(way), 0.3 * upper, 0.98 * (upper + lower)))
    way /= np.linalg.norm(way)
    along = (upper**2 - lower**2 + distance**2) / (2 * distance)
    pole = np.array([side * 0.4, -0.3, -1.0])
    aside = pole - way * (pole @ way)
    bend = aside / np.linalg.norm(aside) * np.sqrt(max(upper**2 - along**2, 0.0))
    raised = between(elbow - shoulder, along * way + bend)
    forearm = distance * way - along * way - bend
    folded = between(apply(raised, wrist - elbow), forearm) @ raised
    hand = forearm / np.linalg.norm(forearm)
    turns = {"upperarm01" + end: raised, "lowerarm01" + end: inverse(raised) @ folded}
    return turns | _hand(body, side, folded, hand, np.array([0.0, 1.0, 0.0]), 1.3)


def _hand(body: Body, side: int, hung: Floats, hanging: Floats, forwards: Floats, curled: float) -> dict[str, Floats]:
    """A hand in line with the forearm, fingers together and curled.

    Args:
        hung: turn of the straight forearm, and `hanging [3]` its direction then.
        forwards: `[3]` where the knuckle of the first finger points; curled: 1 is a relaxed hand.
    """
    end = ".L" if side > 0 else ".R"

    def joint(name: str) -> Floats:
        return np.asarray(body.joints[body.bone(name + end)])

    across = joint("finger2-1") - joint("finger5-1")
    middle = joint("finger3-2") - joint("finger3-1")
    now, aim = (vector - hanging * (vector @ hanging) for vector in (apply(hung, across), forwards))
    twist = float(np.degrees(np.arctan2(hanging @ np.cross(now, aim), now @ aim)))
    half = inverse(hung) @ about(hanging, twist / 2) @ hung
    line = between(joint("finger3-1") - joint("wrist"), apply(inverse(hung), hanging))
    rotations = {"lowerarm02" + end: half, "wrist" + end: half @ line}

    # The reference hand is already a little curled: that tells the side of the palm.
    inwards = np.cross(joint("finger3-1") - joint("wrist"), joint("finger3-3") - joint("finger3-2"))
    axis = across * np.sign(across @ inwards)
    for finger in range(1, 6):
        for segment, curl in _CURL.items():
            turn = about(axis, curled * curl * (0.4 if finger == 1 else 1.0))
            name = f"finger{finger}"
            if segment == "-1" and name in _CLOSING:
                own = joint(name + "-2") - joint(name + "-1")
                part = own / np.linalg.norm(own) * (1 - _CLOSING[name])
                turn = turn @ between(own, part + middle / np.linalg.norm(middle) * _CLOSING[name])
            rotations[name + segment + end] = turn
    return rotations
