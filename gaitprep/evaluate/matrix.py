"""The mean rules: from single probes to cells, from cells to one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaitprep.evaluate.protocol import Names

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ViewMatrix:
    """Percentages by probe view and gallery view; NaN where a cell is empty or left out.

    Attributes:
        cells: [views, views], or [views, 1] where the gallery is not divided by views.
        by_view: [views] mean of each row.
        mean: the one number; NaN when there is no cell at all.
        empty: how many cells that should count are empty.
    """

    cells: Array
    by_view: Array
    mean: float
    empty: int


def view_matrix(scores: Array, probe_view: Names, views: Sequence[str], *, exclude_identical: bool) -> ViewMatrix:
    """Means of scores between probe views and gallery views [§5.1].

    With identical views excluded: each probe view is the mean of its cells off the diagonal, and the number is the
    mean over probe views. An empty cell is left out of the mean. Otherwise `scores` has one column (the whole
    gallery), and the number is the mean over all probes.

    Args:
        scores: [a, views] or [a, 1] in [0, 1]; NaN where there is nothing to compare with.
        probe_view: [a].
        views: names of the rows (and columns).
        exclude_identical: leave the diagonal out.
    """
    cells = np.full((len(views), scores.shape[1]), np.nan)
    for row, view in enumerate(views):
        own = scores[probe_view == view]
        if len(own):
            cells[row] = own.mean(0) * 100
    counts = np.ones_like(cells, dtype=bool)
    if exclude_identical:
        np.fill_diagonal(counts, False)
    empty = int((np.isnan(cells) & counts).sum())
    cells[~counts] = np.nan
    by_view = np.array([nanmean(row) for row in cells])
    mean = nanmean(by_view) if exclude_identical else nanmean(scores[:, 0] * 100)
    return ViewMatrix(cells, by_view, mean, empty)


def nanmean(values: npt.NDArray[np.float64] | Sequence[float]) -> float:
    """Mean of what is there; NaN when nothing is."""
    there = np.asarray(values, dtype=np.float64)
    there = there[~np.isnan(there)]
    return float(there.mean()) if len(there) else float("nan")
