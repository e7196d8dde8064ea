from __future__ import annotations

import numpy as np
import pytest
import torch

from gaitprep.errors import CheckpointError
from gaitprep.evaluate.rank import gallery_columns, hits, strangers_before


def embed(*values: float) -> torch.Tensor:
    """One-dimensional embeddings: distances are plain differences."""
    return torch.tensor(values)[:, None, None]


def test_counts_strangers_nearer_than_the_nearest_own_entry() -> None:
    gallery, owners = embed(0.0, 1.0, 2.0, 5.0), np.array(["x", "y", "a", "a"])
    columns = gallery_columns(np.array(["0"] * 4), None)
    before = strangers_before(embed(0.4, 1.9, 4.0), gallery, np.array(["a"] * 3), owners, columns)
    assert before.tolist() == [[2.0], [0.0], [0.0]]
    assert hits(before, 1).tolist() == [[0.0], [1.0], [1.0]]
    assert hits(before, 3).tolist() == [[1.0], [1.0], [1.0]]


def test_columns_are_ranked_on_their_own() -> None:
    gallery, owners = embed(0.0, 1.0, 0.0, 3.0), np.array(["a", "b", "b", "a"])
    columns = gallery_columns(np.array(["000", "000", "090", "090"]), ["000", "090"])
    before = strangers_before(embed(0.1), gallery, np.array(["a"]), owners, columns)
    assert before.tolist() == [[0.0, 1.0]]


def test_a_missing_entry_is_an_error_and_an_empty_view_is_missing() -> None:
    columns = gallery_columns(np.array(["000", "000"]), ["000", "090"])
    before = strangers_before(embed(0.0), embed(0.0, 1.0), np.array(["c"]), np.array(["a", "b"]), columns)
    assert before[0, 0] == np.inf
    assert np.isnan(before[0, 1])
    for rank in (1, 5, 1000):
        assert hits(before, rank)[0, 0] == 0
        assert np.isnan(hits(before, rank)[0, 1])


def test_a_network_that_gives_everyone_the_same_does_not_pass() -> None:
    columns = gallery_columns(np.array(["0"] * 3), None)
    before = strangers_before(embed(1.0), embed(1.0, 1.0, 1.0), np.array(["a"]), np.array(["a", "b", "c"]), columns)
    assert hits(before, 1).tolist() == [[0.0]]


def test_embeddings_that_are_not_finite_are_refused() -> None:
    columns = gallery_columns(np.array(["0"]), None)
    with pytest.raises(CheckpointError, match="not finite for 1 gallery"):
        strangers_before(embed(0.0), embed(float("nan")), np.array(["a"]), np.array(["a"]), columns)
