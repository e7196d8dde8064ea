"""Distances between embeddings, block by block, so that memory does not grow with the gallery times the probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import torch
from torch import Tensor

Metric = Literal["per-part", "concat", "cosine"]
METRICS: tuple[Metric, ...] = ("per-part", "concat", "cosine")

_BLOCK_VALUES = 8_000_000


def distances(probe: Tensor, gallery: Tensor, metric: Metric = "per-part") -> Tensor:
    """All distances at once.

    Args:
        probe: [a, c, p] embeddings.
        gallery: [b, c, p] embeddings.
        metric: `per-part`, the mean over parts of the Euclidean distance of each part (the field's measure);
            `concat`, one Euclidean distance over all parts; `cosine`, 1 − cosine over all parts.

    Returns:
        [a, b] float64.
    """
    return _METRICS[metric](probe, gallery)


def distance_blocks(
    probe: Tensor, gallery: Tensor, metric: Metric = "per-part", *, values: int = _BLOCK_VALUES
) -> Iterator[tuple[slice, Tensor]]:
    """The distances in blocks of probes.

    Args:
        probe: [a, c, p].
        gallery: [b, c, p].
        metric: as in `distances`.
        values: about how many distances a block may hold.

    Yields:
        The probes of the block, and their distances [block, b] float64.
    """
    size = max(1, values // max(1, len(gallery)))
    for start in range(0, len(probe), size):
        block = slice(start, min(start + size, len(probe)))
        yield block, distances(probe[block], gallery, metric)


def _per_part(probe: Tensor, gallery: Tensor) -> Tensor:
    total = torch.zeros(len(probe), len(gallery), dtype=torch.float64)
    for part in range(probe.shape[2]):
        total += _euclidean(probe[:, :, part], gallery[:, :, part])
    return total / probe.shape[2]


def _concat(probe: Tensor, gallery: Tensor) -> Tensor:
    return _euclidean(probe.flatten(1), gallery.flatten(1))


def _cosine(probe: Tensor, gallery: Tensor) -> Tensor:
    first = torch.nn.functional.normalize(probe.flatten(1).double())
    second = torch.nn.functional.normalize(gallery.flatten(1).double())
    return 1 - first @ second.T


def _euclidean(first: Tensor, second: Tensor) -> Tensor:
    # In float64 the expanded square is exact to 1e-8 of the norms, and a matrix product is much faster.
    first, second = first.double(), second.double()
    square = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    return square.clamp_(min=0).sqrt_()


_METRICS: Mapping[Metric, Callable[[Tensor, Tensor], Tensor]] = {
    "per-part": _per_part,
    "concat": _concat,
    "cosine": _cosine,
}
