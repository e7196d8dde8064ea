"""Places on the body that all bodies share: where cloth ends, whatever the person's size.

Every vertex has a place on the mean adult body at rest (metres, floor at −0.82, x to the left, facing −y) and a place
along the arm. Colours are looked up by these places, interpolated to each pixel, so that seams are lines in the cloth
and not the edges of triangles.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.body import Body, Floats
from gaitprep.synth.phenotype import Phenotype

OFF_ARM = -0.1
"""The arm coordinate of vertices that belong to no arm."""

_ARM = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")


@lru_cache(maxsize=1)
def places() -> Floats:
    """`[v, 4]`: x, y, z on the mean body, and the way along the arm (0 shoulder, 0.5 elbow, 1 wrist, more: hand)."""
    body = Body.of(Phenotype())
    along = np.full(len(body.rest), OFF_ARM)
    strongest = body.data["weight_bones"][:, 0]
    for end in (".L", ".R"):
        shoulder, elbow, wrist = (body.heads[body.bone(name + end)] for name in ("upperarm01", "lowerarm01", "wrist"))
        bones = [i for i, name in enumerate(body.data.bones) if name.startswith(_ARM) and name.endswith(end)]
        lower = [i for i in bones if not body.data.bones[i].startswith("upperarm")]
        on_arm, on_lower = np.isin(strongest, bones), np.isin(strongest, lower)
        upper_share = _share(body.rest, shoulder, elbow)
        along = np.where(on_arm, 0.5 * np.clip(upper_share, 0.0, 1.0), along)
        along = np.where(on_lower, 0.5 + 0.5 * np.maximum(_share(body.rest, elbow, wrist), 0.0), along)
    return np.concatenate([body.rest, along[:, None]], axis=1)


def _share(points: Floats, start: Floats, end: Floats) -> Floats:
    way = end - start
    return np.asarray((points - start) @ way / (way @ way))


@lru_cache(maxsize=1)
def edges() -> NDArray[np.int32]:
    """`[e, 2]` the mesh's edges, each once."""
    faces = Body.of(Phenotype()).data["faces"]
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return np.asarray(np.unique(np.sort(pairs, axis=1), axis=0))
