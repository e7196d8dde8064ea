from dataclasses import replace

import numpy as np
import pytest

from gaitprep.track.tracklet import Tracklet
from gaitprep.track.untangle import untangle
from tests.track.make import tracklet

PTS = np.arange(200) / 25


def swapped(one: Tracklet, other: Tracklet, frame: int) -> list[Tracklet]:
    """What association makes of two who meet in a frame and bounce off each other."""
    heads = [t.rows(t.frames < frame) for t in (one, other)]
    tails = [t.rows(t.frames >= frame) for t in (other, one)]
    return [
        replace(
            head,
            frames=np.concatenate([head.frames, tail.frames]),
            boxes=np.concatenate([head.boxes, tail.boxes]),
            scores=np.concatenate([head.scores, tail.scores]),
        )
        for head, tail in zip(heads, tails, strict=True)
    ]


def middles(tracklet: Tracklet) -> np.ndarray:
    return (tracklet.boxes[:, 0] + tracklet.boxes[:, 2]) / 2


RIGHT = tracklet("0001", range(60), x=40, speed=4)
LEFT = tracklet("0002", range(60), x=280, speed=-4, height=86)


@pytest.mark.parametrize("missed", [[], list(range(28, 33))])
def test_two_who_bounced_off_each_other_pass_each_other(missed: list[int]) -> None:
    tangled = [t.rows(~np.isin(t.frames, missed)) for t in swapped(RIGHT, LEFT, 30)]
    one, other = untangle(tangled, PTS)
    far = np.abs(one.frames - 30) > 8
    np.testing.assert_allclose(middles(one)[far], (40 + 4 * one.frames)[far], atol=1e-3)
    np.testing.assert_allclose(middles(other)[far], (280 - 4 * other.frames)[far], atol=1e-3)
    assert [t.name for t in (one, other)] == ["0001", "0002"]


def test_two_who_passed_each_other_are_left_alone() -> None:
    assert untangle([RIGHT, LEFT], PTS) == [RIGHT, LEFT]


def test_two_who_walk_together_are_left_alone() -> None:
    pair = [RIGHT, tracklet("0002", range(60), x=50, speed=4)]
    assert untangle(pair, PTS) == pair


def test_a_third_who_meets_one_of_them_later_is_met_by_the_right_one() -> None:
    third = tracklet("0003", range(60), x=360, speed=-4)
    first, second = swapped(RIGHT, LEFT, 30)
    # At frame 40 the one who walks right, by then in the second tracklet, bounces off the third.
    second, late = swapped(second, third, 40)
    found = untangle([first, second, late], PTS)
    for person, (start, speed) in zip(found, [(40, 4), (280, -4), (360, -4)], strict=True):
        assert np.abs(middles(person)[-5:] - (start + speed * person.frames[-5:])).max() < 1


def test_nobody_and_one_alone() -> None:
    assert untangle([], PTS) == []
    assert untangle([RIGHT], PTS) == [RIGHT]
