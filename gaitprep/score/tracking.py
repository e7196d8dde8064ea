"""HOTA, CLEAR and identity metrics, as the `trackers` library computes them after TrackEval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gaitprep.score.compare import Comparison

FAMILIES = ("hota", "clear", "identity")


def count(comparison: Comparison, overlap: float) -> dict[str, dict[str, Any]]:
    """The metrics of one video with all the counts that are needed to add videos up, as JSON values.

    HOTA: Luiten et al., IJCV 2021; MOTA: Bernardin and Stiefelhagen, 2008; IDF1: Ristani et al., ECCV Workshops 2016.
    """
    from trackers.eval import compute_clear_metrics, compute_hota_metrics, compute_identity_metrics

    lists = (comparison.true, comparison.found, comparison.similarity)
    return {
        "hota": _plain(compute_hota_metrics(*lists)),
        "clear": _plain(compute_clear_metrics(*lists, overlap)),
        "identity": _plain(compute_identity_metrics(*lists, overlap)),
    }


def add_up(videos: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, float]:
    """HOTA, DetA, AssA, MOTA, IDF1 (shares) and IDSW (switches) of several videos, over all of their boxes."""
    from trackers.eval import aggregate_clear_metrics, aggregate_hota_metrics, aggregate_identity_metrics

    counts = [{family: _arrays(video[family]) for family in FAMILIES} for video in videos]
    hota = aggregate_hota_metrics([video["hota"] for video in counts])
    clear = aggregate_clear_metrics([video["clear"] for video in counts])
    identity = aggregate_identity_metrics([video["identity"] for video in counts])
    return {
        **{name: float(hota[name]) for name in ("HOTA", "DetA", "AssA")},
        "MOTA": float(clear["MOTA"]),
        "IDSW": float(clear["IDSW"]),
        "IDF1": float(identity["IDF1"]),
    }


def _plain(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in metrics.items()}


def _arrays(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) if isinstance(value, list) else value for name, value in metrics.items()}
