"""Joining the pieces of one person: who is behind a pillar goes on on its other side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gaitprep.track.motion import WOVEN_SECONDS, continues
from gaitprep.track.tracklet import Tracklet, join

_APART = 1e6


def join_pieces(tracklets: list[Tracklet], pts: NDArray[np.float64], seconds: float) -> list[Tracklet]:
    """Joins tracklets that plausibly are one person seen with a gap: as many as can be, in the way that fits best.

    Best fits first would be wrong: of two who pass behind a pillar one after the other, whoever goes in first may fit
    whoever comes out last, which leaves the other two ends loose.

    Args:
        tracklets: in order of appearance.
        pts: `[m]` presentation time of every frame, s.
        seconds: longest gap, s; 0 joins nothing.
    """
    if not seconds or len(tracklets) < 2:
        return tracklets
    next_of = _assign(_fits(tracklets, pts, seconds))
    followers = set(next_of.values())
    chains = []
    for head in range(len(tracklets)):
        if head in followers:
            continue
        chain = [head]
        while chain[-1] in next_of:
            chain.append(next_of[chain[-1]])
        chains.append(join([tracklets[i] for i in chain]) if len(chain) > 1 else tracklets[head])
    return chains


def _fits(tracklets: list[Tracklet], pts: NDArray[np.float64], seconds: float) -> dict[tuple[int, int], float]:
    """How badly j fits after i, for the pairs that fit at all."""
    begins = np.array([pts[tracklet.first] for tracklet in tracklets])
    found = {}
    for i, before in enumerate(tracklets):
        gaps = begins - pts[before.last]
        for j in np.flatnonzero((gaps >= -WOVEN_SECONDS) & (gaps <= seconds)).tolist():
            distance = continues(before, tracklets[j], pts, seconds)
            if distance is not None:
                found[i, j] = distance
    return found


def _assign(fits: dict[tuple[int, int], float]) -> dict[int, int]:
    """Who goes on as whom, solved for each group of pieces that have to do with one another."""
    if not fits:
        return {}
    pairs = np.array(list(fits))
    size = int(pairs.max()) + 1
    # A piece is two nodes, its end and its beginning.
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1] + size)), shape=(2 * size, 2 * size))
    _, label = connected_components(graph, directed=False)
    next_of: dict[int, int] = {}
    for group in np.unique(label[pairs[:, 0]]):
        own = pairs[label[pairs[:, 0]] == group]
        ends, starts = np.unique(own[:, 0]), np.unique(own[:, 1])
        cost = np.full((len(ends), len(starts)), _APART)
        for i, j in own.tolist():
            cost[np.searchsorted(ends, i), np.searchsorted(starts, j)] = fits[i, j]
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            if cost[row, column] < _APART:
                next_of[int(ends[row])] = int(starts[column])
    return next_of
