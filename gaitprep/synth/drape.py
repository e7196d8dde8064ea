"""Skirts and coat tails: cloth that hangs round the hips and legs, fitted anew to every pose.

The cloth is stretched over the convex outline of whatever is inside it at each height, and falls from there: a leg can
push it out but never come through, and cloth below a raised knee hangs down from the knee.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.compiled import compiled
from gaitprep.synth.outline import directions, outlines, secants
from gaitprep.synth.part import Faces, on_cloth, rings, tube
from gaitprep.synth.wardrobe import Hanging

_COUNT = 40
_SPACING = 0.05  # metres between two rows of vertices
_REACH = 0.03  # metres: what is as near as this is inside a row
_TAPER = 0.08  # how fast cloth may fall back towards the body, metres per metre
_SPLAY = 0.5  # how fast cloth that is pushed out below stands out, metres per metre
_WAIST = (0.17, 0.12)  # metres, half-axes of the tube on which the pattern is printed


@dataclass(frozen=True)
class Drape:
    """A tube of cloth round the hips.

    Attributes:
        members: `[m]` the body's vertices that may be inside; centre: y of its axis at rest.
        levels: `[r]` heights of its rows at rest; ease: `[r, k]` metres from what is inside, folds included.
        faces, places, material: as of a `Part`.
    """

    members: NDArray[np.intp]
    centre: float
    levels: Floats
    ease: Floats
    faces: Faces
    places: Floats
    material: int

    @staticmethod
    def of(body: Body, rest: Floats, hanging: Hanging, top: float, tucked: float, material: int) -> Drape:
        """Cloth cut for a dressed body.

        Args:
            rest: `[v, 3]` dressed; top: height of its upper end on the mean adult body; tucked: how
                far that lies further in, metres.
        """
        where = places()
        off_arm = where[:, 3] == OFF_ARM
        members = np.flatnonzero(off_arm & (where[:, 2] < top + 0.05) & (where[:, 2] > hanging.hem - 0.25))
        heights = [height(rest, where[:, 2], off_arm, z) for z in (top, hanging.hem)]
        rows = max(3, 1 + round((heights[0] - heights[1]) / _SPACING))
        down = np.linspace(0.0, 1.0, rows)
        levels = heights[0] + (heights[1] - heights[0]) * down
        angle = 2 * np.pi * np.arange(_COUNT) / _COUNT
        waves = 0.6 * np.sin(7 * angle + 0.7) + 0.4 * np.sin(11 * angle + 2.1)
        # The upper end of a coat begins inside its own upper part and comes out of it where the body narrows.
        ease = hanging.ease + hanging.flare * down**1.3 - tucked * np.clip(1.0 - (levels[0] - levels) / 0.15, 0.0, 1.0)
        folds = hanging.folds * down[:, None] * (waves + 1.0)
        waist = np.full((rows, _COUNT), 1.0)
        printed = rings(waist, top + (hanging.hem - top) * down, directions(_COUNT)) * (*_WAIST, 1.0)
        return Drape(
            members,
            float(np.mean(rest[members, 1])),
            levels,
            ease[:, None] + folds,
            tube(rows, _COUNT),
            on_cloth(printed),
            material,
        )

    def hang(self, posed: Floats, root: Floats) -> Floats:
        """`[r * k, 3]` vertices of the cloth round a posed body.

        Args:
            posed: `[v, 3]` vertices of the body; root: `[3, 4]` rest → world of the root bone, in whose axes it hangs.
        """
        axis = np.array([0.0, self.centre, 0.0])
        inside = (posed[self.members] - root[:, 3]) @ root[:, :3] - axis
        radii = outlines(inside, self.levels, _REACH, directions(_COUNT), secants(_COUNT)) + self.ease
        _fall(radii, self.levels)
        hung = rings(radii, self.levels, directions(_COUNT)) + axis
        return np.asarray(hung @ root[:, :3].T + root[:, 3])


def height(rest: Floats, z: Floats, chosen: NDArray[np.bool_], level: float) -> float:
    """Height on one body of a level of the mean adult body, from the chosen vertices."""
    near = chosen & (np.abs(z - level) < 0.04)
    return float(np.mean(rest[near, 2] - z[near]) + level)


@compiled
def _fall(radii: Floats, levels: Floats) -> None:
    """Keeps each row from drawing in under the row above it, and from standing out below it, faster than cloth does."""
    for row in range(1, radii.shape[0]):
        drop = levels[row - 1] - levels[row]
        for k in range(radii.shape[1]):
            radii[row, k] = max(radii[row, k], radii[row - 1, k] - _TAPER * drop)
    for row in range(radii.shape[0] - 1, 1, -1):
        drop = levels[row - 1] - levels[row]
        for k in range(radii.shape[1]):
            radii[row - 1, k] = max(radii[row - 1, k], radii[row, k] - _SPLAY * drop)
