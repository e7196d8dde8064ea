"""Where a leg must bend to bring the ankle to a place: closed-form inverse kinematics of hip and knee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.rotations import about_x, about_y, about_z, apply, inverse


@dataclass(frozen=True)
class Leg:
    """One leg of the reference pose: hip to knee and knee to ankle, metres.

    Attributes:
        side: +1 for the left leg (x > 0), −1 for the right.
        hip: the hip joint from the root joint.
    """

    side: int
    hip: Floats
    thigh: Floats
    shank: Floats

    @staticmethod
    def of(body: Body, side: int) -> Leg:
        """The left (+1) or right (−1) leg of a body."""
        end = ".L" if side > 0 else ".R"
        hip, knee, ankle = (body.joints[body.bone(name + end)] for name in ("upperleg01", "lowerleg01", "foot"))
        return Leg(side, hip - body.joints[0], knee - hip, ankle - knee)

    def reach(self, knee: Floats | float) -> Floats:
        """Distance from hip to ankle with the knee flexed by `knee` degrees."""
        return np.asarray(np.linalg.norm(self.thigh + apply(about_x(knee), self.shank), axis=-1))

    def bend(self, target: Floats, turn: float) -> tuple[Floats, Floats]:
        """Flexes the knee for the distance, then turns the hip for the direction.

        Args:
            target: `[n, 3]` ankle from the hip joint, in the pelvis' axes. Out of reach, the leg is straight.
            turn: outward rotation of the whole leg in degrees.

        Returns:
            Hip rotations `[n, 3, 3]` and knee flexion `[n]` in degrees.
        """
        (kx, ky, kz), (ax, ay, az) = self.thigh, self.shank
        distance = np.linalg.norm(target, axis=-1)
        along, across = ky * ay + kz * az, kz * ay - ky * az
        fixed = self.thigh @ self.thigh + self.shank @ self.shank + 2 * kx * ax
        cosine = (distance**2 - fixed) / (2 * np.hypot(along, across))
        knee = np.arctan2(across, along) + np.arccos(np.clip(cosine, -1.0, 1.0))

        leg = self.thigh + apply(about_x(np.degrees(knee)), self.shank)
        outward = about_z(self.side * turn)
        aim = apply(inverse(outward), target * (np.linalg.norm(leg, axis=-1) / distance)[:, None])
        ratio = aim[:, 1] / np.hypot(leg[:, 1], leg[:, 2])
        flexion = np.arctan2(leg[:, 2], leg[:, 1]) + np.arccos(np.clip(ratio, -1.0, 1.0))
        swung = apply(about_x(-np.degrees(flexion)), leg)
        sideways = np.arctan2(aim[:, 0], aim[:, 2]) - np.arctan2(swung[:, 0], swung[:, 2])
        hip = outward @ about_y(np.degrees(sideways)) @ about_x(-np.degrees(flexion))
        return hip, np.degrees(knee)
