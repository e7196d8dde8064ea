"""From embeddings to the numbers of a store's protocol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

import numpy as np
import numpy.typing as npt
from torch import Tensor

from gaitprep.evaluate.chance import chance
from gaitprep.evaluate.distances import Metric
from gaitprep.evaluate.matrix import view_matrix
from gaitprep.evaluate.protocol import Rounds, Sequences, view_names
from gaitprep.evaluate.rank import gallery_columns, hits, strangers_before
from gaitprep.evaluate.results import ConditionResult
from gaitprep.manifest.protocol import Protocol


def score(
    embeddings: Tensor, sequences: Sequences, rounds: Rounds, protocol: Protocol, metric: Metric = "per-part"
) -> list[ConditionResult]:
    """Rank-k of each probe group.

    Args:
        embeddings: [m, c, p], one for each of `rounds.rows`.
        sequences: labels of all sequences of the store.
        rounds: gallery and probes.
        protocol: the rules.
        metric: distance.
    """
    labels = sequences.take(rounds.rows)
    galleries = {group: np.searchsorted(rounds.rows, rows) for group, rows in rounds.galleries.items()}
    probes = {group: np.searchsorted(rounds.rows, rows) for group, rows in rounds.probes.items()}
    everyone = np.concatenate([*galleries.values(), *probes.values()])
    views = view_names(labels.view[everyone])
    return [
        _condition(group, embeddings, labels, rows, galleries[group], views, protocol, metric)
        for group, rows in probes.items()
    ]


def _condition(
    name: str,
    embeddings: Tensor,
    labels: Sequences,
    probe: npt.NDArray[np.int64],
    gallery: npt.NDArray[np.int64],
    views: list[str],
    protocol: Protocol,
    metric: Metric,
) -> ConditionResult:
    exclude = protocol.exclude_identical_view
    columns = gallery_columns(labels.view[gallery], views if exclude else None)
    sought, enrolled = labels.subject[probe], labels.subject[gallery]
    before = strangers_before(embeddings[probe], embeddings[gallery], sought, enrolled, columns, metric)
    accuracy: dict[int, float | None] = {}
    expected: dict[int, float | None] = {}
    for rank in protocol.ranks:
        found = view_matrix(hits(before, rank), labels.view[probe], views, exclude_identical=exclude)
        accuracy[rank] = number(found.mean)
        random = chance(sought, enrolled, columns, rank)
        expected[rank] = number(view_matrix(random, labels.view[probe], views, exclude_identical=exclude).mean)
    first = view_matrix(hits(before, 1), labels.view[probe], views, exclude_identical=exclude)
    compared = np.ones_like(before, dtype=bool)
    if exclude:
        compared = labels.view[probe][:, None] != np.array(views)[None]
    return ConditionResult(
        name=name,
        probes=len(probe),
        unenrolled=int((np.isinf(before) & compared).sum()),
        empty_cells=first.empty,
        views=views,
        gallery_views=views if exclude else [],
        matrix=[[number(cell) for cell in row] for row in first.cells],
        by_view=[number(cell) for cell in first.by_view],
        accuracy=accuracy,
        chance=expected,
    )


def mean_over_conditions(values: Sequence[dict[int, float | None]]) -> dict[int, float | None]:
    """The mean of each rank over the groups that have a number."""
    result: dict[int, float | None] = {}
    for rank in values[0]:
        there = [value[rank] for value in values]
        numbers = [value for value in there if value is not None]
        result[rank] = fmean(numbers) if numbers else None
    return result


def number(value: float) -> float | None:
    """None for NaN, which JSON has no word for."""
    return None if math.isnan(value) else float(value)
