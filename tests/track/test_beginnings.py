import numpy as np
from numpy.typing import NDArray

from gaitprep.track.beginnings import reach_back
from tests.track.make import box_at, tracklet

PTS = np.arange(100) / 25


def weak(x: float, y: float = 120) -> NDArray[np.float32]:
    return np.array([[*box_at(x, y), 0.2]], np.float32)


def test_weak_detections_on_its_way_come_before_a_tracklet() -> None:
    sure = tracklet("", range(20, 60), x=20, speed=2)
    (whole,) = reach_back([sure], {frame: weak(20 + 2 * frame) for frame in range(8, 20)}, PTS)
    np.testing.assert_array_equal(whole.frames, range(8, 60))
    np.testing.assert_allclose(whole.scores[:12], 0.2)
    np.testing.assert_allclose(whole.boxes[:, 0], tracklet("", range(8, 60), x=20, speed=2).boxes[:, 0], atol=1e-3)


def test_frames_between_may_have_none_for_a_fifth_of_a_second() -> None:
    sure = tracklet("", range(40, 80), x=20, speed=2)
    near, far = {36: weak(20 + 2 * 36)}, {32: weak(20 + 2 * 32)}
    assert reach_back([sure], near, PTS)[0].first == 36
    assert reach_back([sure], far, PTS)[0].first == 40
    assert reach_back([sure], near | far, PTS)[0].first == 32


def test_detections_elsewhere_are_not_taken() -> None:
    sure = tracklet("", range(20, 60), x=20, speed=2)
    (whole,) = reach_back([sure], {19: weak(200), 18: weak(20 + 36, 220)}, PTS)
    assert whole is sure


def test_who_is_somebody_else_already_is_not_taken() -> None:
    """A second, weak box around a person who has a tracklet."""
    earlier = tracklet("", range(20), x=20, speed=2)
    later = tracklet("", range(20, 60), x=20, speed=2)
    whole = reach_back([earlier, later], {frame: weak(24 + 2 * frame) for frame in range(10, 20)}, PTS)
    assert [t.first for t in whole] == [0, 20]


def test_two_do_not_share_a_detection() -> None:
    pair = [tracklet("", range(20, 60), x=100), tracklet("", range(21, 60), x=108)]
    whole = reach_back(pair, {19: weak(104)}, PTS)
    assert sorted(t.first for t in whole) == [19, 21]
