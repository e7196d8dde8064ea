from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaitprep.track import steady as module
from gaitprep.track.tracklet import Tracklet
from tests.track.make import tracklet

PTS = np.arange(200) / 25


def steady(person: Tracklet, pts: NDArray[np.float64]) -> Tracklet:
    return module.steady(person, pts, np.zeros(len(person), bool))


def walker(count: int = 60) -> Tracklet:
    """One whose box is wide and narrow by turns, as legs go."""
    plain = tracklet("0001", range(count), x=20, speed=4)
    swing = 8 * np.sin(np.arange(count) * 2 * np.pi / 15)
    boxes = plain.boxes + np.stack([-swing, 0 * swing, swing, 0 * swing], axis=1).astype(np.float32)
    return replace(plain, boxes=boxes.astype(np.float32))


def with_box(person: Tracklet, rows: list[int], change: list[float]) -> Tracklet:
    boxes = person.boxes.copy()
    boxes[rows] += np.array(change, np.float32)
    scores = person.scores.copy()
    scores[rows] = 0.6
    return replace(person, boxes=boxes, scores=scores)


def test_a_walker_whose_boxes_fit_stays_as_they_are() -> None:
    person = walker()
    np.testing.assert_array_equal(steady(person, PTS).boxes, person.boxes)
    np.testing.assert_array_equal(steady(person, PTS).scores, person.scores)


def test_half_a_body_becomes_whole_and_is_scored_zero() -> None:
    person = walker()
    mended = steady(with_box(person, [20, 21, 22], [0, 0, 0, -40]), PTS)
    np.testing.assert_array_equal(np.flatnonzero(mended.scores == 0), [20, 21, 22])
    np.testing.assert_allclose(mended.boxes[:, [1, 3]], person.boxes[:, [1, 3]], atol=1)
    np.testing.assert_allclose(mended.boxes, person.boxes, atol=12)


def test_a_bush_beside_the_walker_is_left_out() -> None:
    person = walker()
    mended = steady(with_box(person, [33], [0, 0, 40, 0]), PTS)
    assert np.flatnonzero(mended.scores == 0).tolist() == [33]
    np.testing.assert_allclose(mended.boxes[33], person.boxes[33], atol=8)


def test_the_last_box_follows_the_way_of_those_before() -> None:
    person = walker()
    mended = steady(with_box(person, [58, 59], [0, 45, 0, 0]), PTS)
    np.testing.assert_allclose(mended.boxes[-1, [1, 3]], person.boxes[-1, [1, 3]], atol=2)
    assert abs(mended.boxes[-1, [0, 2]].mean() - person.boxes[-1, [0, 2]].mean()) < 4


def test_what_lasts_is_the_truth() -> None:
    """Who walks behind a wall is half a body for long."""
    person = with_box(walker(), list(range(20, 60)), [0, 0, 0, -40])
    assert (steady(person, PTS).scores > 0).sum() >= 58


@given(st.integers(1, 8))
def test_few_boxes_tell_nothing(count: int) -> None:
    person = with_box(walker(count), [0], [0, 0, 200, 0])
    assert steady(person, PTS) is person


def test_who_comes_nearer_fast_is_not_held_back() -> None:
    person = tracklet("0001", range(50))
    heights = 60 * 1.02 ** np.arange(50)
    boxes = np.stack([160 - heights / 5, 120 - heights / 3, 160 + heights / 5, 120 + 2 * heights / 3], axis=1)
    assert (steady(replace(person, boxes=boxes.astype(np.float32)), PTS).scores > 0).all()


def test_a_box_that_the_detector_is_sure_of_stays() -> None:
    """Somebody who raises an arm for a moment."""
    person = with_box(walker(), [33], [0, 0, 40, 0])
    sure = replace(person, scores=np.full(60, 0.8, np.float32))
    sure.scores[33] = 0.9
    np.testing.assert_array_equal(steady(sure, PTS).boxes, sure.boxes)


def test_who_leaves_the_picture_is_cut_with_reason() -> None:
    person = with_box(walker(), [58, 59], [0, 45, 0, 0])
    leaving = module.steady(person, PTS, np.arange(60) >= 58)
    np.testing.assert_array_equal(leaving.boxes, person.boxes)


@given(
    st.lists(st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 120)] * 2), min_size=9, max_size=30), st.booleans()
)
def test_no_boxes_are_too_wild(sides: list[tuple[int, int, int, int]], by_number: bool) -> None:
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in sides], np.float32)
    person = replace(tracklet("0001", range(len(boxes))), boxes=boxes)
    if by_number:
        person = replace(person, scores=np.linspace(0.9, 0.1, len(boxes)).astype(np.float32))
    mended = steady(person, PTS)
    assert np.isfinite(mended.boxes).all()
    np.testing.assert_array_equal(mended.boxes[mended.scores > 0], boxes[mended.scores > 0])
