from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.evaluate.matrix import view_matrix

VIEWS = ["000", "090", "180"]
NAN = np.nan


def test_mean_over_the_off_diagonal_then_over_probe_views() -> None:
    probe_view = np.array(["000", "000", "090", "180"])
    scores = np.array([[0, 1, 1], [0, 0, 1], [1, 0, 0], [0, 0, 1]], dtype=float)
    found = view_matrix(scores, probe_view, VIEWS, exclude_identical=True)
    np.testing.assert_array_equal(found.cells, [[NAN, 50, 100], [100, NAN, 0], [0, 0, NAN]])
    np.testing.assert_array_equal(found.by_view, [75, 50, 0])
    assert found.mean == pytest.approx(125 / 3)
    assert found.empty == 0


def test_a_large_probe_view_weighs_no_more_than_a_small_one() -> None:
    probe_view = np.array(["000"] * 9 + ["090"])
    scores = np.array([[0, 1]] * 9 + [[0, 1]], dtype=float)
    assert view_matrix(scores, probe_view, VIEWS[:2], exclude_identical=True).mean == 50


def test_empty_cells_are_missing_and_left_out() -> None:
    # No probe of view 180, no gallery of view 090.
    probe_view = np.array(["000", "090"])
    scores = np.array([[1, NAN, 0], [1, NAN, 1]], dtype=float)
    found = view_matrix(scores, probe_view, VIEWS, exclude_identical=True)
    np.testing.assert_array_equal(found.cells, [[NAN, NAN, 0], [100, NAN, 100], [NAN, NAN, NAN]])
    np.testing.assert_array_equal(found.by_view, [0, 100, NAN])
    assert found.mean == 50
    assert found.empty == 3


def test_without_view_exclusion_every_probe_weighs_the_same() -> None:
    probe_view = np.array(["000", "000", "090"])
    found = view_matrix(np.array([[1.0], [1.0], [0.0]]), probe_view, VIEWS[:2], exclude_identical=False)
    assert found.cells.tolist() == [[100.0], [0.0]]
    assert found.mean == pytest.approx(200 / 3)


def test_nothing_at_all_is_no_number() -> None:
    found = view_matrix(np.empty((0, 3)), np.array([], dtype=str), VIEWS, exclude_identical=True)
    assert np.isnan(found.mean)
    assert found.empty == 6


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.sampled_from([0.0, 1.0, NAN]), min_size=3, max_size=3))))
def test_never_above_100(rows: list[tuple[int, list[float]]]) -> None:
    probe_view = np.array([VIEWS[view] for view, _ in rows], dtype=str)
    scores = np.array([values for _, values in rows], dtype=float).reshape(-1, 3)
    found = view_matrix(scores, probe_view, VIEWS, exclude_identical=True)
    assert np.isnan(found.mean) or 0 <= found.mean <= 100
