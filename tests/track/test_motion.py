import numpy as np
import pytest

from gaitprep.track.motion import continues, travel
from gaitprep.track.tracklet import Tracklet
from tests.track.make import BODY, WIDTH, box_at, tracklet

PTS = np.arange(200) / 25


def test_walking_across_is_measured_in_body_heights() -> None:
    walker = tracklet("0001", range(101), x=0, speed=4)
    assert travel(walker, WIDTH) == pytest.approx(0.9 * 400 / BODY[1], rel=0.02)


def test_walking_towards_the_camera_counts_too() -> None:
    frames = np.arange(100, dtype=np.int64)
    boxes = np.stack([box_at(160, 120, 40 + 0.8 * k) for k in frames])
    walker = Tracklet("0001", frames, boxes, np.ones(100, np.float32))
    assert travel(walker, WIDTH) > 2


def test_standing_is_no_way_even_with_a_few_bad_boxes() -> None:
    stander = tracklet("0001", range(100))
    stander.boxes[[20, 50]] = box_at(300)
    assert travel(stander, WIDTH) < 0.1


def test_a_walker_who_comes_out_where_expected_goes_on() -> None:
    before, after = tracklet("1", range(40), x=0, speed=3), tracklet("2", range(70, 100), x=0, speed=3)
    distance = continues(before, after, PTS, 2.0)
    assert distance == pytest.approx(0, abs=1e-3)
    assert continues(before, after, PTS, 1.0) is None


def test_somebody_elsewhere_or_of_another_size_does_not() -> None:
    before = tracklet("1", range(40), x=0, speed=3)
    assert continues(before, tracklet("2", range(60, 90), x=-200, speed=3), PTS, 2.0) is None
    assert continues(before, tracklet("2", range(60, 90), x=0, speed=3, height=160), PTS, 2.0) is None


def test_who_is_there_at_the_same_time_does_not() -> None:
    before = tracklet("1", range(40), x=0, speed=3)
    assert continues(before, tracklet("2", range(25, 60), x=0, speed=3), PTS, 2.0) is None
    assert continues(before, tracklet("2", range(35, 39), x=0, speed=3), PTS, 2.0) is None
    assert continues(tracklet("2", range(60, 90)), before, PTS, 2.0) is None


def test_halves_of_a_body_may_be_there_together_for_a_moment() -> None:
    before = tracklet("1", range(40), x=0, speed=3)
    assert continues(before, tracklet("2", range(35, 60), x=12, speed=3), PTS, 2.0) is not None
    assert continues(before, tracklet("2", range(35, 60), x=100, speed=3), PTS, 2.0) is None


def test_who_keeps_to_the_speed_fits_better_than_who_turns_back() -> None:
    before = tracklet("1", range(40), x=0, speed=3)
    on = continues(before, tracklet("2", range(50, 80), x=10, speed=3), PTS, 2.0)
    back = continues(before, tracklet("2", range(50, 80), x=285, speed=-3), PTS, 2.0)
    assert on is not None
    assert back is not None
    assert on < back
