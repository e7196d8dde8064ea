"""Arms that hang and swing. anny's reference pose spreads them like an A, with bent elbows and open hands."""

from __future__ import annotations

import numpy as np

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.gait import Gait
from gaitprep.synth.rotations import about, about_x, about_z, apply, between, inverse

_CURL = {"-1": 24.0, "-2": 26.0, "-3": 18.0}  # degrees of a relaxed finger's joints
_CLOSING = {"finger1": 0.45, "finger2": 0.75, "finger4": 0.75, "finger5": 0.75}  # share of the way to the middle finger
_INWARD = 20.0  # degrees that relaxed knuckles turn towards the thigh


def arm_rotations(body: Body, gait: Gait, phase: Floats) -> dict[str, Floats]:
    """Bone rotations of both arms at phases `[n]` of the left leg; each arm swings with the opposite leg."""
    rotations: dict[str, Floats] = {}
    for side in (1, -1):
        end = ".L" if side > 0 else ".R"
        shoulder, elbow, wrist = (body.joints[body.bone(name + end)] for name in ("upperarm01", "lowerarm01", "wrist"))
        spread = np.radians(gait.arm_spread)
        hanging = np.array([side * np.sin(spread), 0.0, -np.cos(spread)])
        down = between(elbow - shoulder, hanging)
        straight = between(apply(down, wrist - elbow), hanging)

        own = phase + (0.0 if side > 0 else 0.5) - gait.arm_lag
        share = gait.arm_balance if side > 0 else 2.0 - gait.arm_balance
        forward = -np.cos(2 * np.pi * own)
        swing = about_x(-(gait.arm_forward + gait.arm_swing * share * forward))
        flexion = gait.elbow + gait.elbow_swing * share * (0.5 + 0.5 * forward) ** 1.5
        bent = about_z(side * -10.0) @ about_x(-flexion)  # the forearm also turns a little inwards
        rotations["upperarm01" + end] = swing @ down
        rotations["lowerarm01" + end] = inverse(down) @ bent @ straight @ down
        rotations.update(_hand(body, side, straight @ down, hanging))
    return rotations


def _hand(body: Body, side: int, hung: Floats, hanging: Floats) -> dict[str, Floats]:
    """A relaxed hand: in line with the forearm, knuckles forwards, fingers together and curled.

    Args:
        hung: turn of the forearm when the arm hangs straight, and `hanging [3]` its direction then.
    """
    end = ".L" if side > 0 else ".R"

    def joint(name: str) -> Floats:
        return np.asarray(body.joints[body.bone(name + end)])

    across = joint("finger2-1") - joint("finger5-1")
    middle = joint("finger3-2") - joint("finger3-1")
    forwards = apply(about_z(side * -_INWARD), np.array([0.0, -1.0, 0.0]))
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
            turn = about(axis, curl * (0.4 if finger == 1 else 1.0))
            name = f"finger{finger}"
            if segment == "-1" and name in _CLOSING:
                own = joint(name + "-2") - joint(name + "-1")
                part = own / np.linalg.norm(own) * (1 - _CLOSING[name])
                turn = turn @ between(own, part + middle / np.linalg.norm(middle) * _CLOSING[name])
            rotations[name + segment + end] = turn
    return rotations
