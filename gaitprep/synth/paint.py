"""What `shade` needs to colour a sample of a face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BY_PLACE = -1
"""The kind of faces whose material is looked up by the place on the body."""


@dataclass(frozen=True)
class Paint:
    """Colours of a person's faces.

    Attributes:
        places: `[v, 4]` where each vertex is on the body (see `canon`) or on its thing.
        kinds: `[f]` int32 material of each face, or `BY_PLACE`.
        cut: where materials end on the body (see `materials.cut`).
        cloths: `[m, 11]` colours and pattern of each material (see `Cloth.row`).
    """

    places: Floats
    kinds: NDArray[np.int32]
    cut: Floats
    cloths: Floats
