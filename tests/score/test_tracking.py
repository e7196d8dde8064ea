"""Tracking metrics on trackers whose figures can be reckoned by hand."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.score.choice import judge_choice
from gaitprep.score.compare import Comparison, FoundPerson, compare
from gaitprep.score.people import TruePerson
from gaitprep.score.tracking import add_up, count

FRAMES = 20
EVERY = np.ones(FRAMES, bool)


def track(x: float, speed: float = 0, height: float = 60) -> np.ndarray:
    """`[n, 4]` boxes of somebody at `x` in frame 0."""
    left = x + speed * np.arange(FRAMES)
    return np.stack([left, 0 * left + 20, left + 24, 0 * left + 20 + height], axis=1).astype(np.float32)


def true(name: str, boxes: np.ndarray, counted: np.ndarray = EVERY) -> TruePerson:
    return TruePerson(name, boxes, boxes, counted)


def found(name: str, boxes: np.ndarray, frames: np.ndarray | None = None, *, kept: bool = True) -> FoundPerson:
    frames = np.arange(FRAMES) if frames is None else frames
    return FoundPerson(name, frames, boxes[frames], kept)


def figures(comparison: Comparison) -> dict[str, float]:
    return add_up([count(comparison, 0.5)])


A, B = track(0), track(100)


def test_a_perfect_tracker_is_perfect() -> None:
    comparison = compare([true("a", A), true("b", B)], [found("1", A), found("2", B)], 0.5, FRAMES)
    perfect = {"HOTA": 1, "DetA": 1, "AssA": 1, "MOTA": 1, "IDSW": 0, "IDF1": 1}
    assert figures(comparison) == pytest.approx(perfect)
    choice = judge_choice(comparison, 0.5, None)
    assert choice.coverage == {"a": 1, "b": 1}
    assert choice.purity == {"1": 1, "2": 1}
    assert choice.shows == {"1": "a", "2": "b"}


def test_two_who_swap_at_half_time() -> None:
    half = np.arange(FRAMES)[:, None] < FRAMES // 2
    swapped = [found("1", np.where(half, A, B)), found("2", np.where(half, B, A))]
    comparison = compare([true("a", A), true("b", B)], swapped, 0.5, FRAMES)
    scored = figures(comparison)
    assert scored["IDF1"] == pytest.approx(0.5)
    assert scored["IDSW"] == 2
    assert scored["MOTA"] == pytest.approx(1 - 2 / 40)
    # Every pair of identities shares 10 of 20 + 20 − 10 boxes.
    assert scored["AssA"] == pytest.approx(1 / 3)
    assert scored["HOTA"] == pytest.approx(np.sqrt(1 / 3))
    assert judge_choice(comparison, 0.5, "a").coverage == {"a": 0.5}
    assert judge_choice(comparison, 0.5, "a").purity == {"1": 0.5, "2": 0.5}


def test_a_broken_tracklet_costs_coverage_not_purity() -> None:
    pieces = [found("1", A, np.arange(15)), found("2", A, np.arange(15, 20), kept=False)]
    comparison = compare([true("a", A)], pieces, 0.5, FRAMES)
    assert figures(comparison)["IDSW"] == 1
    assert figures(comparison)["IDF1"] == pytest.approx(0.75)
    choice = judge_choice(comparison, 0.5, "a")
    assert (choice.coverage, choice.purity) == ({"a": 0.75}, {"1": 1.0})


def test_the_wrong_person_covers_nothing() -> None:
    people = [true("walker", A), true("passer-by", B)]
    comparison = compare(people, [found("1", B), found("2", A, kept=False)], 0.5, FRAMES)
    choice = judge_choice(comparison, 0.5, "walker")
    assert choice.coverage == {"walker": 0}
    assert choice.shows == {"1": "passer-by"}


def test_a_tracklet_of_nobody_is_impure_and_shows_none() -> None:
    comparison = compare([true("a", A)], [found("1", B)], 0.5, FRAMES)
    choice = judge_choice(comparison, 0.5, "a")
    assert (choice.purity, choice.shows) == ({"1": 0.0}, {"1": None})
    assert figures(comparison)["MOTA"] == -1


def test_who_does_not_count_may_be_found_or_missed() -> None:
    hidden = EVERY.copy()
    hidden[8:12] = False
    for frames in (np.arange(FRAMES), np.flatnonzero(hidden)):
        comparison = compare([true("a", A, hidden)], [found("1", A, frames)], 0.5, FRAMES)
        assert figures(comparison)["IDF1"] == 1
        assert figures(comparison)["HOTA"] == pytest.approx(1)
        assert judge_choice(comparison, 0.5, "a").coverage == {"a": 1.0}
    elsewhere = compare([true("a", A, hidden)], [found("1", A), found("2", B)], 0.5, FRAMES)
    assert figures(elsewhere)["MOTA"] == pytest.approx(1 - 20 / 16)


def test_a_half_hidden_person_may_be_boxed_in_part_or_whole() -> None:
    half = A.copy()
    half[:, 3] = 20 + 25
    person = TruePerson("a", half, A, EVERY)
    for drawn in (half, A):
        assert figures(compare([person], [found("1", drawn)], 0.5, FRAMES))["HOTA"] == pytest.approx(1)


def test_nobody_found_and_nobody_there() -> None:
    assert figures(compare([true("a", A)], [], 0.5, FRAMES))["IDF1"] == 0
    assert judge_choice(compare([true("a", A)], [], 0.5, FRAMES), 0.5, "a").coverage == {"a": 0}
    assert judge_choice(compare([], [], 0.5, FRAMES), 0.5, None).coverage == {}


def test_counts_add_up_after_a_journey_through_json() -> None:
    good = count(compare([true("a", A)], [found("1", A)], 0.5, FRAMES), 0.5)
    bad = count(compare([true("a", A)], [], 0.5, FRAMES), 0.5)
    both = add_up(json.loads(json.dumps([good, bad])))
    assert both["MOTA"] == pytest.approx(0.5)
    assert both["IDF1"] == pytest.approx(2 * 20 / (2 * 20 + 20))
    assert both["DetA"] == pytest.approx(0.5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 150), st.floats(-4, 4)), min_size=1, max_size=3))
def test_figures_are_bounded_and_identities_do_not_depend_on_order(places: list[tuple[float, float]]) -> None:
    people = [true(f"p{k}", track(*place)) for k, place in enumerate(places)]
    rows = np.arange(0, FRAMES, 2)
    tracklets = [found(str(k), track(x + 3, speed), rows) for k, (x, speed) in enumerate(places)]
    one = figures(compare(people, tracklets, 0.5, FRAMES))
    other = figures(compare(people[::-1], tracklets[::-1], 0.5, FRAMES))
    for name in ("HOTA", "IDF1"):
        assert 0 <= one[name] <= 1
    assert one["IDF1"] == pytest.approx(other["IDF1"])
    assert one["MOTA"] <= 1
