"""Ranks: how many strangers stand before the person sought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor

from gaitprep.errors import CheckpointError
from gaitprep.evaluate.distances import Metric, distance_blocks
from gaitprep.evaluate.protocol import Names

Array = npt.NDArray[np.float64]


def gallery_columns(gallery_view: Names, views: Sequence[str] | None) -> list[npt.NDArray[np.int64]]:
    """The gallery entries of each view; with `views` None the whole gallery as one column."""
    if views is None:
        return [np.arange(len(gallery_view))]
    return [np.flatnonzero(gallery_view == view) for view in views]


def strangers_before(
    probe: Tensor,
    gallery: Tensor,
    probe_subject: Names,
    gallery_subject: Names,
    columns: Sequence[npt.NDArray[np.int64]],
    metric: Metric = "per-part",
) -> Array:
    """For each probe and gallery view: how many entries of others are at least as near as its own nearest entry.

    Rank-k is the share of values below k. An equally near stranger counts as before, so that a network that
    gives everyone the same embedding does not pass for a good one.

    Args:
        probe: [a, c, p] embeddings.
        gallery: [b, c, p] embeddings.
        probe_subject: [a].
        gallery_subject: [b].
        columns: gallery entries of each view.
        metric: see `distances`.

    Returns:
        [a, views]; infinite where the subject has no entry in that view (a missing entry counts as an error),
        NaN where the view has no entry at all.

    Raises:
        CheckpointError: an embedding is not finite.
    """
    for name, embeddings in (("probe", probe), ("gallery", gallery)):
        bad = ~embeddings.isfinite().flatten(1).all(1)
        if bad.any():
            raise CheckpointError(
                f"the network gives embeddings that are not finite for {int(bad.sum())} {name} sequences",
                next_step="look at the end of its training log, and train anew with a lower rate",
            )
    result = np.full((len(probe), len(columns)), np.nan)
    for block, near in distance_blocks(probe, gallery, metric):
        distance = near.numpy()
        for number, entries in enumerate(columns):
            if not len(entries):
                continue
            part = distance[:, entries]
            own = probe_subject[block][:, None] == gallery_subject[entries][None]
            nearest = np.where(own, part, np.inf).min(1)
            before = ((part <= nearest[:, None]) & ~own).sum(1)
            result[block, number] = np.where(np.isfinite(nearest), before, np.inf)
    return result


def hits(before: Array, rank: int) -> Array:
    """1 where the person is among the first `rank`, else 0; NaN stays."""
    return np.where(np.isnan(before), np.nan, (before < rank).astype(np.float64))
