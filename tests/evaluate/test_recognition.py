from __future__ import annotations

import numpy as np
import pytest
import torch

from gaitprep.errors import StoreError
from gaitprep.evaluate.protocol import Sequences, rounds, rows_under_test
from gaitprep.evaluate.recognition import mean_over_conditions, score
from tests.evaluate.protocols import make_protocol

Row = tuple[str, str, str, float]


def make(rows: list[Row]) -> tuple[Sequences, torch.Tensor]:
    """Labels, and embeddings that are one number."""
    subject, condition, view, value = zip(*rows, strict=True)
    sequences = Sequences(np.array(subject), np.array(condition), np.array(view))
    return sequences, torch.tensor(value)[:, None, None]


FULL: list[Row] = [
    (subject, condition, view, float(subject) + shift)
    for subject in "345"
    for view, shift in (("000", 0.0), ("090", 0.1))
    for condition in ("nm-01", "nm-02", "bg-01")
]


def results(rows: list[Row], **changes: object):  # type: ignore[no-untyped-def]
    protocol = make_protocol(**changes)
    sequences, embeddings = make([("1", "nm-01", "000", 9.0), *rows])
    found = rounds(sequences, rows_under_test(sequences, protocol), protocol)
    return score(embeddings[found.rows], sequences, found, protocol)


def test_a_perfect_network_has_100_percent_and_chance_is_a_third() -> None:
    normal, bag = results(FULL)
    assert (normal.name, normal.probes) == ("NM", 6)
    assert normal.accuracy == {1: 100.0}
    assert normal.matrix == [[None, 100.0], [100.0, None]]
    assert normal.chance[1] == pytest.approx(100 / 3)
    assert bag.accuracy == {1: 100.0}
    assert normal.unenrolled == normal.empty_cells == 0


def test_training_subjects_are_neither_sought_nor_enrolled() -> None:
    # Subject 1 would be everyone's nearest neighbour if it were in the gallery.
    rows = [*FULL, *[("1", "nm-01", view, float(n)) for view in ("000", "090") for n in (3, 4, 5)]]
    assert results(rows)[0].accuracy == {1: 100.0}


def test_identical_views_do_not_count() -> None:
    # Right only within the same view: 100 % on the diagonal, nothing elsewhere.
    base = {"3": {"000": 0.0, "090": 10.0}, "4": {"000": 10.0, "090": 0.0}}
    rows = [(s, c, v, base[s][v]) for s in base for v in ("000", "090") for c in ("nm-01", "nm-02")]
    normal, bag = results(rows)
    assert normal.accuracy == {1: 0.0}
    assert normal.matrix == [[None, 0.0], [0.0, None]]
    assert bag.accuracy == {1: None}
    assert bag.empty_cells == 2
    assert mean_over_conditions([normal.accuracy, bag.accuracy]) == {1: 0.0}


def test_a_missing_gallery_entry_counts_as_an_error() -> None:
    rows = [row for row in FULL if row[:3] != ("3", "nm-01", "090")]
    normal, _ = results(rows)
    assert normal.matrix == [[None, pytest.approx(200 / 3)], [100.0, None]]
    assert normal.unenrolled == 1
    assert normal.accuracy[1] == pytest.approx((200 / 3 + 100) / 2)


def test_a_view_without_gallery_is_missing_and_left_out() -> None:
    rows = [row for row in FULL if not (row[1] == "nm-01" and row[2] == "090")]
    normal, _ = results(rows)
    assert normal.matrix == [[None, None], [100.0, None]]
    assert normal.by_view == [None, 100.0]
    assert normal.accuracy == {1: 100.0}
    assert normal.empty_cells == 1


def test_without_view_exclusion_the_gallery_is_one() -> None:
    normal, _ = results(FULL, exclude_identical_view=False, ranks=[1, 2, 5])
    assert normal.gallery_views == []
    assert normal.matrix == [[100.0], [100.0]]
    assert normal.accuracy == {1: 100.0, 2: 100.0, 5: 100.0}
    assert normal.chance[1] == pytest.approx(100 / 3)
    assert normal.chance[5] == 100.0


def test_one_view_and_excluded_views_leave_nobody_to_be_found() -> None:
    one_view = [row for row in FULL if row[2] == "000"]
    with pytest.raises(StoreError, match="nobody can be found in store store") as raised:
        results(one_view)
    assert "all sequences are of view 000" in raised.value.cause
    assert "exclude_identical_view: false" in raised.value.next_step
    assert results(one_view, exclude_identical_view=False)[0].accuracy == {1: 100.0}


def test_subjects_of_one_view_each_are_no_case_of_zero_percent() -> None:
    view = {"3": "000", "4": "090", "5": "000"}
    with pytest.raises(StoreError, match="nobody can be found") as raised:
        results([row for row in FULL if row[2] == view[row[0]]])
    assert "another view" in raised.value.cause
    assert "all sequences" not in raised.value.cause


def test_nobody_who_is_sought_is_enrolled() -> None:
    strangers = [row for row in FULL if (row[1] == "nm-01") == (row[0] == "3")]
    with pytest.raises(StoreError, match="nobody can be found") as raised:
        results(strangers, exclude_identical_view=False)
    assert raised.value.cause == "protocol toy does not enrol anybody sought"
    assert "exclude_identical_view" not in raised.value.next_step


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"train": ["1-9"]}, "no test subject"),
        ({"gallery": ["nm-09"]}, "gallery of store store is empty"),
        ({"probes": {"CL": ["cl-01"]}}, "nothing to look for"),
    ],
)
def test_a_protocol_that_does_not_fit_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(StoreError, match=words) as raised:
        results(FULL, **changes)
    assert "toy" in raised.value.cause
