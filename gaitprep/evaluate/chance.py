"""What a random order of the actual gallery would score."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
import numpy.typing as npt

from gaitprep.evaluate.protocol import Names

Array = npt.NDArray[np.float64]


def chance(probe_subject: Names, gallery_subject: Names, columns: Sequence[npt.NDArray[np.int64]], rank: int) -> Array:
    """Probability that one of a subject's own entries is among `rank` entries drawn at random from the gallery.

    Args:
        probe_subject: [a].
        gallery_subject: [b].
        columns: gallery entries of each view.
        rank: the k of rank-k.

    Returns:
        [a, views] in [0, 1]; 0 where the subject has no entry in that view, NaN where the view has none at all.
    """
    result = np.full((len(probe_subject), len(columns)), np.nan)
    for number, entries in enumerate(columns):
        total = len(entries)
        if not total:
            continue
        own = (probe_subject[:, None] == gallery_subject[entries][None]).sum(1)
        drawn = min(rank, total)
        missed = {int(n): comb(total - int(n), drawn) / comb(total, drawn) for n in np.unique(own)}
        result[:, number] = [1 - missed[int(n)] for n in own]
    return result
