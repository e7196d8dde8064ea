from __future__ import annotations

import numpy as np
import pytest

from gaitprep.evaluate.chance import chance
from gaitprep.evaluate.rank import gallery_columns


def test_rank_1_is_the_share_of_own_entries() -> None:
    gallery = np.array(["a", "a", "b", "c"])
    columns = gallery_columns(np.array(["0"] * 4), None)
    assert chance(np.array(["a", "b", "d"]), gallery, columns, 1).tolist() == [[0.5], [0.25], [0.0]]


def test_empty_views_stay_missing_and_whole_galleries_are_certain() -> None:
    columns = gallery_columns(np.array(["000", "000"]), ["000", "090"])
    found = chance(np.array(["a"]), np.array(["a", "b"]), columns, 5)
    assert found[0, 0] == 1
    assert np.isnan(found[0, 1])


def test_rank_k_agrees_with_random_orders() -> None:
    generator = np.random.default_rng(5)
    gallery = np.array(list("aabbbcdefg"))
    columns = [np.arange(len(gallery))]
    probes = np.array(["a", "b", "c"])
    for rank in (1, 3):
        shuffled = [gallery[generator.permutation(len(gallery))][:rank] for _ in range(4000)]
        seen = [np.mean([probe in first for first in shuffled]) for probe in probes]
        assert chance(probes, gallery, columns, rank)[:, 0] == pytest.approx(seen, abs=0.03)
