"""A walk: from a body and a gait to bone rotations and the way of the root joint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.arms import Hold, arm_rotations
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.feet import GRID, FootPath, body_toes, foot_path
from gaitprep.synth.gait import Gait
from gaitprep.synth.legs import Leg
from gaitprep.synth.rotations import about_x, about_y, about_z, apply, inverse

_SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
_STRAIGHTEST = 2.5  # degrees: the least flexion of a knee


@dataclass(frozen=True)
class Walk:
    """Poses of a walk along −y over the ground z = 0.

    Attributes:
        phase: `[n]` of the left leg in [0, 1), heel strike = 0.
        rotations: bone → `[n, 3, 3]`.
        origin: `[n, 3]` root joint in metres; half-way through the walk it passes x = y = 0.
        speed: metres per second.
    """

    phase: Floats
    rotations: dict[str, Floats]
    origin: Floats
    speed: float


class Walker:
    """A body that walks in a certain way.

    Args:
        body: whose.
        gait: how.
        rest: `[v, 3]` dressed rest vertices, whose soles touch the ground.
        holds: side → what that arm does besides swinging.
    """

    def __init__(self, body: Body, gait: Gait, rest: Floats, holds: Mapping[int, Hold] | None = None) -> None:
        self.body = body
        self.gait = gait
        self._holds = holds
        self._legs = {side: Leg.of(body, side) for side in (1, -1)}
        self.stride = gait.stride * float(self._legs[1].reach(_STRAIGHTEST))
        self.paths: dict[int, FootPath] = {
            side: foot_path(body, rest, leg, gait, self.stride) for side, leg in self._legs.items()
        }
        self._wave = self._height_wave()

    @property
    def speed(self) -> float:
        """Metres per second."""
        return self.stride / self.gait.cycle

    def walk(self, times: Floats, start: float = 0.0) -> Walk:
        """Poses at `times` in seconds; `start` is the phase at time 0."""
        phase = start + times / self.gait.cycle
        pelvis, centre = self.pelvis(phase)
        rotations = {"root": pelvis}
        for side in (1, -1):
            rotations.update(self._leg(side, phase, pelvis, centre))
        rotations.update(self._trunk(phase))
        rotations.update(arm_rotations(self.body, self.gait, phase, self._holds))
        way = np.zeros((len(times), 3))
        way[:, 1] = -self.speed * (times - (times[0] + times[-1]) / 2)
        return Walk(np.mod(phase, 1.0), rotations, centre + way, self.speed)

    def pelvis(self, phase: Floats) -> tuple[Floats, Floats]:
        """Turn `[n, 3, 3]` of the pelvis and place `[n, 3]` of the root joint above its steady way."""
        gait = self.gait
        twist = -gait.pelvis_twist * np.cos(2 * np.pi * phase)
        drop = -gait.pelvis_drop * np.cos(2 * np.pi * (phase - 0.16))
        centre = np.zeros((len(phase), 3))
        centre[:, 0] = gait.sway * np.cos(2 * np.pi * (phase - 0.32))
        angle = 4 * np.pi * phase
        centre[:, 2] = self._wave[0] + self._wave[1] * np.cos(angle) + self._wave[2] * np.sin(angle)
        return about_z(twist) @ about_y(drop), centre

    def _height_wave(self) -> Floats:
        """Mean, cosine and sine (twice a cycle) of the root's height.

        The wave that comes closest to the heights at which the standing knee has its normative flexion, and keeps
        every standing leg within reach.
        """
        self._wave = np.zeros(3)
        angles, heights, limits, alone = [], [], [], []
        phase = np.arange(GRID) / GRID
        for side, path in self.paths.items():
            own = np.flatnonzero(path.standing)
            shifted = phase[own] + self._lead(side)
            pelvis, centre = self.pelvis(shifted)
            hip = apply(pelvis, self._legs[side].hip) + centre
            across = np.sum((path.ankle[own, :2] - hip[:, :2]) ** 2, axis=1)
            lowest = path.ankle[own, 2] - hip[:, 2]
            normative = self._legs[side].reach(np.maximum(self.gait.knee(phase[own]), 5.0))
            heights.append(lowest + np.sqrt(np.maximum(normative**2 - across, 0.0)))
            limits.append(lowest + np.sqrt(np.maximum(self._legs[side].reach(_STRAIGHTEST) ** 2 - across, 0.0)))
            angles.append(4 * np.pi * shifted)
            alone.append(phase[own] < 0.48)  # from then on the other leg carries the body
        angle, height, limit = (np.concatenate(parts) for parts in (angles, heights, limits))
        basis = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], axis=1)
        return _fit_below(basis, height, limit, np.concatenate(alone))

    def _lead(self, side: int) -> float:
        """Phase of the left leg at which the leg on this side strikes."""
        return 0.0 if side > 0 else 0.5 + self.gait.limp

    def _leg(self, side: int, phase: Floats, pelvis: Floats, centre: Floats) -> dict[str, Floats]:
        end, leg, path = (".L" if side > 0 else ".R"), self._legs[side], self.paths[side]
        own = phase - self._lead(side)
        ankle, foot, toes = sample(path.ankle, own), orthonormal(sample(path.turn, own)), sample(path.toes, own)
        hip_joint = centre + apply(pelvis, leg.hip)
        toe_out = self.gait.toe_out_left if side > 0 else self.gait.toe_out_right
        target = apply(inverse(pelvis), ankle - hip_joint)
        # A foot that swings may not stretch the leg further than one that stands.
        target *= np.minimum(1.0, leg.reach(_STRAIGHTEST) / np.linalg.norm(target, axis=1))[:, None]
        hip, knee = leg.bend(target, toe_out / 2)
        bent = about_x(knee)
        turns = {
            "upperleg01" + end: hip,
            "lowerleg01" + end: bent,
            "foot" + end: inverse(pelvis @ hip @ bent) @ foot,
        }
        first = {name for name in body_toes(self.body, end) if name.endswith("-1")}
        return turns | {name + end: about_x(-toes) for name in first}

    def _trunk(self, phase: Floats) -> dict[str, Floats]:
        gait, count = self.gait, len(_SPINE)
        twist = (gait.pelvis_twist + gait.trunk_twist) * np.cos(2 * np.pi * phase) / count
        roll = (gait.pelvis_drop + gait.trunk_sway) * np.cos(2 * np.pi * (phase - 0.16)) / count
        lean = np.full_like(phase, gait.trunk_lean / count) + 0.3 * np.cos(4 * np.pi * phase) / count
        vertebra = about_z(twist) @ about_y(roll) @ about_x(lean)
        steady = about_z(-0.5 * gait.trunk_twist * np.cos(2 * np.pi * phase))
        neck = about_x(0.5 * (gait.head_pitch - gait.trunk_lean)) @ steady
        nod = about_x(np.full_like(phase, 0.5 * (gait.head_pitch - gait.trunk_lean))) @ steady
        return dict.fromkeys(_SPINE, vertebra) | {"neck01": neck, "head": nod}


def _fit_below(basis: Floats, target: Floats, limit: Floats, counts: NDArray[np.bool_]) -> Floats:
    """Least squares `basis @ x ≈ target` over the rows that count, with `basis @ x ≤ limit` in all rows.

    As a least distance problem (Lawson & Hanson, *Solving Least Squares Problems*, chapter 23), which ends at the
    answer and not within a tolerance of it, and rounded to micrometres: other processors must give the same walk.
    """
    from scipy.optimize import nnls

    orthogonal, upper = np.linalg.qr(basis[counts])
    aim = orthogonal.T @ target[counts]
    sides = -np.linalg.solve(upper.T, basis.T)
    bound = -limit - aim @ sides
    dual = np.concatenate([sides, bound[None]])
    rest = dual @ nnls(dual, np.array([0.0, 0.0, 0.0, 1.0]))[0] - [0.0, 0.0, 0.0, 1.0]
    return np.asarray(np.round(np.linalg.solve(upper, aim - rest[:3] / rest[3]), 6), np.float64)


def sample(cycle: Floats, phase: Floats) -> Floats:
    """Linear interpolation of a cycle `[GRID, ...]` at phases `[n]`."""
    place = np.mod(phase, 1.0) * GRID
    low = np.floor(place).astype(np.int64) % GRID
    share = (place - np.floor(place)).reshape(-1, *([1] * (cycle.ndim - 1)))
    return np.asarray((1 - share) * cycle[low] + share * cycle[(low + 1) % GRID])


def orthonormal(matrices: Floats) -> Floats:
    """The rotations nearest to almost-rotations `[n, 3, 3]`."""
    left, _, right = np.linalg.svd(matrices)
    return np.asarray(left @ right)
