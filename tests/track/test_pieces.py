import numpy as np

from gaitprep.track.pieces import join_pieces
from tests.track.make import tracklet

PTS = np.arange(200) / 25


def test_pieces_of_two_people_are_not_mixed_up() -> None:
    there = [tracklet("0001", range(30), x=20, speed=4), tracklet("0003", range(50, 70), x=20, speed=4)]
    back = [tracklet("0002", range(30), x=300, speed=-4), tracklet("0004", range(50, 70), x=300, speed=-4)]
    joined = join_pieces([there[0], back[0], there[1], back[1]], PTS, 2.0)
    assert [t.parts for t in joined] == [("0001", "0003"), ("0002", "0004")]


def test_as_many_ends_as_can_be_are_joined() -> None:
    """One behind the other at like speed: the first who goes in would fit the last who comes out, too."""
    first = [tracklet("0001", range(43), x=-6, speed=4), tracklet("0003", range(54, 99), x=-6, speed=4)]
    second = [tracklet("0002", range(52), x=-46, speed=4), tracklet("0004", range(64, 99), x=-46, speed=4)]
    joined = join_pieces([first[0], second[0], first[1], second[1]], PTS, 1.0)
    assert [t.parts for t in joined] == [("0001", "0003"), ("0002", "0004")]


def test_groups_far_apart_do_not_disturb_one_another() -> None:
    pieces = [tracklet(f"{n:04d}", range(30 * n, 30 * n + 25), x=100, speed=0) for n in range(6)]
    (one,) = join_pieces(pieces, PTS, 1.0)
    assert len(one.parts) == 6


def test_zero_seconds_join_nothing() -> None:
    pieces = [tracklet("0001", range(30)), tracklet("0002", range(30, 60))]
    assert join_pieces(pieces, PTS, 0) == pieces


def test_a_body_and_a_part_of_it_that_take_turns_are_one() -> None:
    """The detector sees all of somebody at first, then legs for a moment, then all again, and calls it another."""
    whole = tracklet("0001", [*range(16), 30], x=20, speed=2)
    legs = tracklet("0002", [14, *range(31, 70)], x=20, speed=2)
    legs.boxes[0, 1] += 40
    (one,) = join_pieces([whole, legs], PTS, 1.0)
    assert one.parts == ("0001", "0002")
    np.testing.assert_allclose(one.boxes[14], whole.boxes[14])


def test_two_who_walk_side_by_side_and_are_missed_by_turns_stay_two() -> None:
    near = tracklet("0001", [*range(16), 30], x=20, speed=2)
    beside = tracklet("0002", [14, *range(31, 70)], x=40, speed=2)
    assert len(join_pieces([near, beside], PTS, 1.0)) == 2
