import numpy as np

from gaitprep.track.tracklet import Tracklet, fill_gaps, join
from tests.track.make import tracklet


def test_gaps_are_filled_in_time_not_in_frames() -> None:
    frames = np.array([2, 5], np.int64)
    boxes = np.array([[0, 0, 10, 20], [10, 0, 20, 20]], np.float32)
    gappy = Tracklet("0001", frames, boxes, np.array([0.9, 0.8], np.float32))
    pts = np.array([0, 0.1, 0.2, 0.3, 1.0, 1.2])
    full = fill_gaps(gappy, pts)
    np.testing.assert_array_equal(full.frames, [2, 3, 4, 5])
    np.testing.assert_allclose(full.boxes[:, 0], [0, 1, 8, 10], atol=1e-5)
    np.testing.assert_allclose(full.scores, [0.9, 0, 0, 0.8])


def test_a_whole_tracklet_stays_as_it_is() -> None:
    whole = tracklet("0001", range(3, 20), x=50, speed=3)
    full = fill_gaps(whole, np.arange(30) / 25)
    np.testing.assert_array_equal(full.boxes, whole.boxes)
    np.testing.assert_array_equal(full.scores, whole.scores)


def test_joined_pieces_come_in_order_of_time() -> None:
    late, early = tracklet("0002", range(10, 15)), tracklet("0001", range(5))
    joined = join([late, early])
    assert (joined.name, joined.parts) == ("0001", ("0001", "0002"))
    np.testing.assert_array_equal(joined.frames, [*range(5), *range(10, 15)])
    assert (joined.first, joined.last, len(joined)) == (0, 14, 10)


def test_boxes_of_both_halves_become_one() -> None:
    left, right = tracklet("0001", range(6), x=100), tracklet("0002", range(5, 9), x=120)
    joined = join([left, right])
    np.testing.assert_array_equal(joined.frames, range(9))
    assert joined.boxes[5].tolist() == [85, 80, 135, 160]
    assert joined.boxes[4].tolist() == left.boxes[4].tolist()
    assert joined.scores.tolist() == [np.float32(0.9)] * 9
