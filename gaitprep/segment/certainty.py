"""How sure a network is of a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def certainty(odds: Floats, level: float) -> Floats:
    """The IoU that masks can be expected to have if the network's probabilities are right.

    The expected intersection of mask and body over their expected union: 1 where every pixel is sure, 0 for an empty
    mask.

    Args:
        odds: `[n, h, w]` log odds of body; level: log odds from which a pixel is in the mask.

    Returns:
        `[n]` f4 in [0, 1].
    """
    found = np.empty(len(odds), np.float32)
    for index, own in enumerate(odds):
        body = own > level
        chance = 1 / (1 + np.exp(-own))
        both = float(chance[body].sum())
        either = float(body.sum()) + float(chance[~body].sum())
        found[index] = both / max(either, 1e-6)
    return found
