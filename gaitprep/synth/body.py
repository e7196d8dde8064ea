"""Bodies: one person's shape, and that shape in a pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.bodydata import BodyData, body_data
from gaitprep.synth.compiled import compiled
from gaitprep.synth.phenotype import Phenotype, shape_weights

Floats = NDArray[np.float64]
Rotations = Mapping[str, Floats]
"""Bone name → rotations `[n, 3, 3]` or `[3, 3]` about the body's own axes, each relative to the bone's parent."""


@dataclass(frozen=True)
class Body:
    """One person at rest, in metres; x to the person's left, the person faces −y, z up.

    Attributes:
        data: the body model.
        rest: `[v, 3]` rest vertices.
        heads: `[b, 3]` joints at rest.
        orientation: `[b, 3, 3]` bone orientations at rest.
    """

    data: BodyData
    rest: Floats
    heads: Floats
    orientation: Floats

    @staticmethod
    def of(phenotype: Phenotype, data: BodyData | None = None) -> Body:
        """The body with these macro parameters."""
        data = data or body_data()
        weights = shape_weights(phenotype, data["mask"])

        used = np.flatnonzero(weights)

        def blend(base: str, shapes: str) -> Floats:
            # Without `optimize`, einsum keeps BLAS out, whose sums differ from processor to processor.
            return np.asarray(
                data[base] + np.einsum("r,r...->...", weights[used], data[shapes][used], dtype=np.float64)
            )

        left, _, right = np.linalg.svd(blend("orientation", "orientation_shapes"))
        left[..., :, 2] *= np.linalg.det(left @ right)[..., None]
        return Body(data, blend("template", "shapes"), blend("heads", "head_shapes"), left @ right)

    def bone(self, name: str) -> int:
        """Index of a bone."""
        return self.data.bones.index(name)

    @cached_property
    def joints(self) -> Floats:
        """`[b, 3]` joints of the reference pose, in which every rotation is the identity."""
        return np.asarray(self.chain({})[1][0])

    @cached_property
    def _offsets(self) -> Floats:
        reference = self.data["reference"].astype(np.float64)
        turn = reference @ np.swapaxes(self.orientation, -1, -2)
        turn[0] = np.eye(3)
        parents = np.maximum(np.array(self.data.parents), 0)
        return np.asarray(np.einsum("bij,bj->bi", turn[parents], self.heads - self.heads[parents]))

    def chain(self, rotations: Rotations) -> tuple[Floats, Floats]:
        """Forward kinematics with the root joint at the origin.

        Args:
            rotations: bones that are turned; those with `n` rotations give `n` poses.

        Returns:
            Global turns `[n, b, 3, 3]` from the reference pose, and joints `[n, b, 3]`.
        """
        count = max([rotation.shape[0] for rotation in rotations.values() if rotation.ndim == 3], default=1)
        turns = np.empty((count, len(self.data.bones), 3, 3))
        joints = np.zeros((count, len(self.data.bones), 3))
        for bone, (name, parent) in enumerate(zip(self.data.bones, self.data.parents, strict=True)):
            own = rotations.get(name)
            if parent < 0:
                turns[:, bone] = np.eye(3) if own is None else own
                continue
            turns[:, bone] = turns[:, parent] if own is None else turns[:, parent] @ own
            joints[:, bone] = joints[:, parent] + turns[:, parent] @ self._offsets[bone]
        return turns, joints

    def transforms(
        self, rotations: Rotations, origin: Floats | None = None, bones: NDArray[np.intp] | None = None
    ) -> Floats:
        """Rest-to-posed transforms of the bones.

        Args:
            origin: `[n, 3]` where the root joint goes; bones: which are wanted, all where None.

        Returns:
            `[n, b, 3, 4]`.
        """
        turns, joints = self.chain(rotations)
        if origin is not None:
            joints = joints + origin[:, None]
        own = np.arange(len(self.heads)) if bones is None else bones
        reference = self.data["reference"][own].astype(np.float64)
        linear = turns[:, own] @ reference @ np.swapaxes(self.orientation[own], -1, -2)
        shift = joints[:, own] - np.einsum("nbij,bj->nbi", linear, self.heads[own])
        return np.concatenate([linear, shift[..., None]], axis=-1)

    def skin(self, transforms: Floats, rest: Floats | None = None) -> Floats:
        """Vertices `[v, 3]` under one pose's transforms `[b, 3, 4]` (linear blend skinning).

        Args:
            rest: rest vertices other than the naked body's, such as dressed ones.
        """
        return skin(self.rest if rest is None else rest, transforms, self.data["weights"], self.data["weight_bones"])


@compiled
def skin(rest: Floats, transforms: Floats, weights: NDArray[np.float32], bones: NDArray[np.uint8]) -> Floats:
    """Linear blend skinning; each vertex's weights fall along its row, so the first zero ends it."""
    posed = np.empty_like(rest)
    for vertex in range(rest.shape[0]):
        x, y, z = rest[vertex, 0], rest[vertex, 1], rest[vertex, 2]
        a = b = c = 0.0
        for slot in range(weights.shape[1]):
            weight = weights[vertex, slot]
            if weight == 0.0:
                break
            m = transforms[bones[vertex, slot]]
            a += weight * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3])
            b += weight * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3])
            c += weight * (m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3])
        posed[vertex, 0], posed[vertex, 1], posed[vertex, 2] = a, b, c
    return posed
