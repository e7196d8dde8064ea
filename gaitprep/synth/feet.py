"""Where the feet go: they roll on the ground without sliding, then swing to the next step.

While a foot stands, its lowest point is on the ground and does not move: from one instant to the next the foot turns
about it (a rolling contact, heel to ball to toes). In swing the ankle follows the normative joint angles, bent so that
it leaves and lands where, and as fast as, the standing foot does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.synth.body import Body, Floats, skin
from gaitprep.synth.gait import Gait
from gaitprep.synth.legs import Leg
from gaitprep.synth.rotations import about_x, about_z, apply

GRID = 240
_TOE_BEND = 38.0  # degrees that toes give in push-off, before the foot stands on their tips
_CLEARANCE = 0.012  # metres between the sole and the ground in mid-swing
_PELVIC_TILT = 4.0  # degrees: the normative hip angle is measured from a pelvis that is tilted forwards
_TOES = [f"toe{toe}-1" for toe in range(1, 6)]


@dataclass(frozen=True)
class FootPath:
    """One foot over a cycle, sampled at `GRID` phases from its own heel strike.

    Attributes:
        ankle: `[GRID, 3]` ankle, from the point on the ground below the steadily moving pelvis.
        turn: `[GRID, 3, 3]` orientation of the foot in the world; `toes`: `[GRID]` upward bend in degrees.
        standing: `[GRID]` whether the foot stands.
    """

    ankle: Floats
    turn: Floats
    toes: Floats
    standing: np.ndarray[tuple[int], np.dtype[np.bool_]]


def foot_path(body: Body, rest: Floats, leg: Leg, gait: Gait, stride: float) -> FootPath:
    """The path of one foot.

    Args:
        rest: `[v, 3]` rest vertices with shoes on.
        stride: metres from one heel strike to the next of the same foot.
    """
    phase = np.arange(GRID) / GRID
    standing = phase <= gait.stance
    pitch = gait.foot_pitch(phase)
    toes = np.clip(-pitch, 0.0, _TOE_BEND) * np.where(standing, 1.0, np.clip((0.85 - phase) / 0.1, 0.0, 1.0))
    toe_out = gait.toe_out_left if leg.side > 0 else gait.toe_out_right
    turn = about_z(leg.side * toe_out) @ about_x(-pitch)
    sole = apply(turn[:, None], _sole(body, rest, leg.side, toes))

    ankle = np.zeros((GRID, 3))
    last = int(standing.sum()) - 1
    for now in range(last):
        contact = int(np.argmin(sole[now, :, 2]))
        ankle[now + 1] = ankle[now] + sole[now, contact] - sole[now + 1, contact]
    ankle[:, 2] = -sole[:, :, 2].min(axis=1)
    ankle[:, 1] += stride * phase  # from now on relative to the pelvis, which moves to −y

    free = _normative_ankle(leg, gait, phase, ankle[:last])
    ankle[: last + 1, 1] += np.mean(free[:last, 1] - ankle[:last, 1])
    ankle[: last + 1, 0] += leg.side * gait.step_width / 2 - np.mean(ankle[: last + 1, 0])
    ankle[last + 1 :] = _swing(free, ankle, last)
    low = ankle[:, 2] + sole[:, :, 2].min(axis=1)
    bump = np.sin(np.pi * np.clip((phase - phase[last]) / (1 - phase[last]), 0, 1)) ** 2
    middle = bump > 0.25
    lift = max(0.0, float(np.max((_CLEARANCE - low[middle]) / bump[middle])))
    ankle[:, 2] += lift * bump
    return FootPath(ankle, turn, toes, standing)


def _sole(body: Body, rest: Floats, side: int, toes: Floats) -> Floats:
    """`[GRID, s, 3]` points under the foot from the ankle joint, the foot level and its toes bent upwards."""
    end = ".L" if side > 0 else ".R"
    foot = body.bone("foot" + end)
    bones = [foot] + [body.bone(name + end) for name in body_toes(body, end)]
    strongest = body.data["weight_bones"][:, 0]
    members = np.flatnonzero(np.isin(strongest, bones))
    ankle = body.joints[foot]
    still = body.skin(body.transforms({})[0], rest)[members] - ankle
    under = members[still[:, 2] < still[:, 2].min() + 0.035]
    bends = {name + end: about_x(-toes) for name in _TOES}
    points, weights, slots = rest[under], body.data["weights"][under], body.data["weight_bones"][under]
    used, slots = np.unique(slots, return_inverse=True)
    slots = slots.reshape(weights.shape).astype(np.uint8)
    poses = body.transforms(bends, bones=used.astype(np.intp))
    return np.stack([skin(points, pose, weights, slots) - ankle for pose in poses])


def body_toes(body: Body, end: str) -> list[str]:
    """Names of the toe bones of one side, without their ending."""
    return [name.removesuffix(end) for name in body.data.bones if name.startswith("toe") and name.endswith(end)]


def _normative_ankle(leg: Leg, gait: Gait, phase: Floats, stance: Floats) -> Floats:
    """`[GRID, 3]` where the normative angles alone put the ankle, at hip height above the standing ankle."""
    knee = about_x(gait.knee(phase))
    hip = about_x(_PELVIC_TILT - gait.hip(phase))
    ankle = apply(hip, leg.thigh + apply(knee, leg.shank)) + leg.hip
    ankle[:, 0] = leg.side * gait.step_width / 2
    middle = slice(int(0.15 * GRID), int(0.35 * GRID))
    ankle[:, 2] += np.mean(stance[middle, 2]) - np.mean(ankle[middle, 2])
    return ankle


def _swing(free: Floats, ankle: Floats, last: int) -> Floats:
    """The free path in swing, bent to meet the standing one at both ends in place and speed."""
    count = GRID - 1 - last
    share = (np.arange(1, count + 1) / (count + 1))[:, None]
    leave, land = ankle[last] - free[last], ankle[0] - free[0]
    span = count + 1
    speed_leave = (ankle[last] - ankle[last - 2] - free[last] + free[last - 2]) / 2 * span
    speed_land = (ankle[2] - ankle[0] - free[2] + free[0]) / 2 * span
    bend = (
        (2 * share**3 - 3 * share**2 + 1) * leave
        + (share**3 - 2 * share**2 + share) * speed_leave
        + (3 * share**2 - 2 * share**3) * land
        + (share**3 - share**2) * speed_land
    )
    return np.asarray(free[last + 1 :] + bend)
