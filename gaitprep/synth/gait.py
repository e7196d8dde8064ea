"""How somebody walks: normative joint curves and a person's own variation of them.

Curves: sagittal joint angles of normal adult walking over the gait cycle, after D. A. Winter, *Biomechanics and Motor
Control of Human Movement* (4th ed., 2009, appendix A) and Perry & Burnfield, *Gait Analysis* (2nd ed., 2010), read off
at a few knots. Phase 0 is heel strike; the left and the right leg are half a cycle apart.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaitprep.synth.curves import monotone, periodic
from gaitprep.synth.seeds import stream

Floats = NDArray[np.float64]
TODAY = 0.3
"""How much a person varies between walks, as a share of how much people differ."""

HIP = periodic({0: 28, 0.12: 22, 0.30: 5, 0.50: -11, 0.62: -4, 0.75: 18, 0.87: 30})
KNEE = periodic({0: 4, 0.14: 17, 0.28: 9, 0.40: 4, 0.52: 10, 0.62: 36, 0.72: 60, 0.84: 38, 0.95: 3})


def _number(mean: float, deviation: float, low: float, high: float, unit: str) -> float:
    return field(default=mean, metadata={"spread": (mean, deviation, low, high), "unit": unit})


@dataclass(frozen=True)
class Gait:
    """One person's way of walking. Defaults are the means of the population that `draw` samples."""

    cadence: float = _number(113, 8, 92, 136, "steps/min")
    stride: float = _number(1.5, 0.09, 1.28, 1.72, "leg lengths, hip to ankle")
    step_width: float = _number(0.1, 0.028, 0.04, 0.18, "m")
    stance: float = _number(0.62, 0.008, 0.6, 0.64, "share of the cycle")
    toe_out_left: float = _number(6, 4, -4, 16, "degrees")
    toe_out_right: float = _number(6, 4, -4, 16, "degrees")
    heel_strike: float = _number(20, 4, 8, 30, "degrees, foot to ground")
    push_off: float = _number(1, 0.1, 0.75, 1.25, "share of the normative")
    knee_stance: float = _number(1, 0.25, 0.3, 1.6, "share of the normative")
    knee_swing: float = _number(1, 0.07, 0.82, 1.15, "share of the normative")
    pelvis_twist: float = _number(4.5, 1.6, 1, 9, "degrees")
    pelvis_drop: float = _number(3.5, 1.1, 1, 7, "degrees")
    sway: float = _number(0.018, 0.006, 0.005, 0.035, "m")
    trunk_lean: float = _number(3, 2.2, -2, 9, "degrees")
    trunk_twist: float = _number(5, 2, 1, 11, "degrees")
    trunk_sway: float = _number(1.6, 0.8, 0, 4, "degrees")
    head_pitch: float = _number(0, 4, -9, 11, "degrees")
    arm_swing: float = _number(19, 6, 5, 34, "degrees")
    arm_balance: float = _number(1, 0.14, 0.65, 1.35, "left to right swing")
    arm_forward: float = _number(2, 3, -5, 9, "degrees")
    arm_spread: float = _number(7, 2, 4, 14, "degrees")
    arm_lag: float = _number(0.02, 0.02, -0.03, 0.07, "share of the cycle")
    elbow: float = _number(17, 6, 6, 36, "degrees")
    elbow_swing: float = _number(15, 5, 3, 28, "degrees")
    knee_timing: float = _number(0, 0.012, -0.03, 0.03, "share of the cycle by which the swinging knee bends late")
    limp: float = _number(0, 0.012, -0.03, 0.03, "left minus right step, share of the stride")

    @staticmethod
    def draw(seed: int, world: str, subject: str) -> Gait:
        """A person's gait, from the population."""
        random = stream(seed, "gait", world, subject)
        return Gait(
            **{
                name: _clipped(mean + deviation * random.standard_normal(), low, high)
                for name, (mean, deviation, low, high) in spreads().items()
            }
        )

    def today(self, seed: int, *sequence: str) -> Gait:
        """The same person in another sequence: every parameter moves by 0.3 of its spread.

        That is a reliability (intraclass correlation) of 1 / (1 + 0.3²) = 0.92, as found for repeated walks of healthy
        adults within a session (0.8 to 0.95: McGinley et al. 2009; Meldrum et al. 2014).
        """
        random = stream(seed, "gait today", *sequence)
        return dataclasses.replace(
            self,
            **{
                name: _clipped(getattr(self, name) + TODAY * deviation * random.standard_normal(), low, high)
                for name, (_, deviation, low, high) in spreads().items()
            },
        )

    def as_dict(self) -> dict[str, float]:
        """Name → value."""
        return dataclasses.asdict(self)

    @property
    def cycle(self) -> float:
        """Seconds from one heel strike to the next of the same foot."""
        return 120.0 / self.cadence

    def hip(self, phase: ArrayLike) -> Floats:
        """Hip flexion in degrees."""
        return HIP(np.mod(phase, 1.0))

    def knee(self, phase: ArrayLike) -> Floats:
        """Knee flexion in degrees: its stance and its swing wave scaled on their own."""
        phase = np.mod(phase, 1.0)
        phase = phase - self.knee_timing * np.sin(np.pi * np.clip((phase - 0.45) / 0.55, 0.0, 1.0)) ** 2
        swing = np.clip((phase - 0.40) / 0.14, 0.0, 1.0) * np.clip((1.0 - phase) / 0.05, 0.0, 1.0)
        scale = self.knee_stance + (self.knee_swing - self.knee_stance) * swing * swing * (3 - 2 * swing)
        return np.asarray(4.0 + (KNEE(phase) - 4.0) * scale)

    def foot_pitch(self, phase: ArrayLike) -> Floats:
        """Angle of the foot to the ground in degrees, toes up positive; exactly 0 while the foot is flat."""
        off, swing = self.push_off, 1.0 - self.stance
        knots = {
            0.0: self.heel_strike,
            0.09: 0.0,
            0.37: 0.0,
            0.50: -15.0 * off,
            self.stance: -57.0 * off,
            self.stance + 0.26 * swing: -55.0 * off,
            self.stance + 0.6 * swing: -10.0,
            self.stance + 0.88 * swing: self.heel_strike + 3.0,
        }
        return monotone(knots)(np.mod(phase, 1.0))


@lru_cache(maxsize=1)
def spreads() -> dict[str, tuple[float, float, float, float]]:
    """Gait parameter → mean, standard deviation, least and greatest value in the population."""
    return {item.name: item.metadata["spread"] for item in dataclasses.fields(Gait)}


def _clipped(value: float, low: float, high: float) -> float:
    return round(float(np.clip(value, low, high)), 5)
