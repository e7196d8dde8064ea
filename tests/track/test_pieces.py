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
