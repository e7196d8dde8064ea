"""Walkers behind a pillar: one tracklet or two? Detections are what a pillar leaves of a body to be seen."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.manifest.records import People
from gaitprep.track.associate import Associator
from gaitprep.track.choose import Choice, View, choose
from gaitprep.track.config import TrackConfig
from gaitprep.track.tracklet import Tracklet
from tests.track.make import BODY, box_at

FPS = 25.0
FRAMES = 100
MIDDLE = 200
NARROWEST = 6
"""Slivers below this are not detected."""


def walk(
    starts: list[float], speeds: list[float], pillar: int, *, people: People = "many", config: TrackConfig | None = None
) -> Choice:
    config = config or TrackConfig()
    associator = Associator(FPS, config)
    for frame in range(FRAMES):
        places = [start + speed * frame for start, speed in zip(starts, speeds, strict=True)]
        found = [part for number, x in enumerate(places) for part in seen(x, 120 + number, pillar)]
        detections = np.array([[*box, 0.9] for box in found], np.float32).reshape(-1, 5)
        associator.update(frame, frame / FPS, detections)
    return choose(associator.tracklets(), View(400, 240, np.arange(FRAMES) / FPS), people, config)


def seen(x: float, y: float, pillar: int) -> list[NDArray[np.float32]]:
    """What is left of a body at (x, y) on either side of a pillar in the middle."""
    left, right = MIDDLE - pillar / 2, MIDDLE + pillar / 2
    box = box_at(x, y)
    if box[2] <= left or box[0] >= right:
        return [box]
    parts = [np.array([*box[:2], left, box[3]]), np.array([right, *box[1:]])]
    return [part for part in parts if part[2] - part[0] >= NARROWEST]


def middles(tracklet: Tracklet) -> NDArray[np.float32]:
    return (tracklet.boxes[:, 0] + tracklet.boxes[:, 2]) / 2


@pytest.mark.parametrize("people", ["one", "many"])
@pytest.mark.parametrize("pillar", [10, BODY[0], 60])
def test_a_walker_behind_a_pillar_is_one_tracklet(pillar: int, people: People) -> None:
    choice = walk([20], [4], pillar, people=people)
    (walker,) = choice.kept
    assert (walker.first, walker.last) == (0, FRAMES - 1)
    assert choice.rejected == []
    assert (np.diff(middles(walker)) > 0).all()


def test_a_body_parted_by_a_narrow_pillar_is_boxed_whole() -> None:
    (walker,) = walk([20], [4], 10).kept
    parted = [frame for frame in range(FRAMES) if len(seen(20 + 4 * frame, 120, 10)) == 2]
    rows = np.searchsorted(walker.frames, parted)
    widths = walker.boxes[rows, 2] - walker.boxes[rows, 0]
    assert len(parted) > 2
    assert (widths == BODY[0]).mean() > 0.5


def test_without_joining_a_pillar_makes_two_of_one() -> None:
    apart = TrackConfig(join_many_seconds=0)
    assert len(walk([20], [4], 60, config=apart).kept) == 2


@pytest.mark.parametrize(("starts", "speeds"), [([20, 396], [4, -4]), ([40, -20], [4, 4])])
def test_two_behind_one_pillar_are_not_mixed_up(starts: list[float], speeds: list[float]) -> None:
    kept = walk(starts, speeds, 60).kept
    assert len(kept) == 2
    for tracklet, start, speed in zip(sorted(kept, key=lambda t: -t.boxes[0, 0]), *order(starts, speeds), strict=True):
        free = np.abs(middles(tracklet) - MIDDLE) > 60
        expected = start + speed * tracklet.frames
        np.testing.assert_allclose(middles(tracklet)[free], expected[free], atol=8)


def order(starts: list[float], speeds: list[float]) -> tuple[list[float], list[float]]:
    """From right to left at the beginning."""
    by_place = sorted(zip(starts, speeds, strict=True), reverse=True)
    return [start for start, _ in by_place], [speed for _, speed in by_place]


def test_who_stays_behind_the_pillar_for_long_is_another_person_where_there_may_be_many() -> None:
    # 1 pixel a frame through a gap of 90 pixels: hidden for some 2.5 s.
    assert len(walk([130], [1.4], 90).kept) == 2
    patient = TrackConfig(join_many_seconds=4)
    assert len(walk([130], [1.4], 90, config=patient).kept) == 1
