import warnings
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gaitprep.track.associate import Associator
from gaitprep.track.config import TrackConfig
from gaitprep.track.tracklet import Tracklet
from tests.track.make import box_at

FPS = 25.0
Scene = Callable[[int], list[tuple[float, float, float]]]
"""Frame → people as (x, y, score)."""


def follow(
    scene: Scene, count: int = 60, times: Sequence[float] | None = None, config: TrackConfig | None = None
) -> list[Tracklet]:
    associator = Associator(FPS, config or TrackConfig())
    for frame in range(count):
        rows = [[*box_at(x, y), score] for x, y, score in scene(frame)]
        detections = np.array(rows, np.float32).reshape(-1, 5)
        associator.update(frame, frame / FPS if times is None else times[frame], detections)
    return associator.tracklets()


def middles(tracklet: Tracklet) -> NDArray[np.float32]:
    return (tracklet.boxes[:, 0] + tracklet.boxes[:, 2]) / 2


def test_a_walker_is_followed_from_the_first_frame_to_the_last() -> None:
    (walker,) = follow(lambda k: [(20 + 4 * k, 120, 0.9)])
    np.testing.assert_array_equal(walker.frames, range(60))
    np.testing.assert_allclose(middles(walker), 20 + 4 * np.arange(60), atol=1e-3)
    assert walker.name == "0001"


def test_two_who_cross_keep_their_identities() -> None:
    tracklets = follow(lambda k: [(40 + 4 * k, 110, 0.9), (280 - 4 * k, 130, 0.9)])
    assert [len(tracklet) for tracklet in tracklets] == [60, 60]
    for tracklet in tracklets:
        assert (np.diff(middles(tracklet)) > 0).all() or (np.diff(middles(tracklet)) < 0).all()


def test_a_short_gap_does_not_end_a_tracklet() -> None:
    (walker,) = follow(lambda k: [] if 20 <= k < 35 else [(20 + 4 * k, 120, 0.9)])
    np.testing.assert_array_equal(walker.frames, [*range(20), *range(35, 60)])


def test_a_long_gap_ends_a_tracklet() -> None:
    tracklets = follow(lambda k: [] if 20 <= k < 50 else [(20 + 2 * k, 120, 0.9)])
    assert [(tracklet.first, tracklet.last) for tracklet in tracklets] == [(0, 19), (50, 59)]
    longer = TrackConfig(lost_seconds=2.0)
    assert len(follow(lambda k: [] if 20 <= k < 50 else [(20 + 2 * k, 120, 0.9)], config=longer)) == 1


def test_weak_detections_carry_a_tracklet_but_begin_none() -> None:
    (walker,) = follow(lambda k: [(20 + 4 * k, 60, 0.9 if k % 10 == 0 else 0.15), (250, 200, 0.3)])
    assert len(walker) == 60


def test_scattered_misses_leave_one_tracklet() -> None:
    seen = np.random.default_rng(3).uniform(size=60) > 0.3
    seen[0] = seen[-1] = True
    (walker,) = follow(lambda k: [(20 + 4 * k, 120, 0.9)] if seen[k] else [])
    np.testing.assert_array_equal(walker.frames, np.flatnonzero(seen))


def test_times_count_at_a_variable_frame_rate() -> None:
    times = np.cumsum(np.random.default_rng(5).choice([0.02, 0.04, 0.2], 60))
    (walker,) = follow(lambda k: [(20 + 20 * times[k], 120, 0.9)], times=times)
    assert len(walker) == 60
    # The same 25 missing frames are a short gap at 100/s and a long one at 10/s.
    gap = lambda k: [] if 20 <= k < 45 else [(100.0 + k, 120.0, 0.9)]  # noqa: E731
    assert len(follow(gap, times=np.arange(60) / 100)) == 1
    assert len(follow(gap, times=np.arange(60) / 10)) == 2


def test_the_first_box_of_each_who_appears_is_kept() -> None:
    tracklets = follow(lambda k: [(50, 60, 0.9), *([(200, 180, 0.9)] if k >= 10 else []), (50, 200, 0.9)])
    assert [(t.first, len(t)) for t in tracklets] == [(0, 60), (0, 60), (10, 50)]
    assert [t.name for t in tracklets] == ["0001", "0002", "0003"]
    np.testing.assert_allclose(tracklets[2].boxes[0], box_at(200, 180))


def test_a_single_detection_is_no_tracklet_and_nobody_is_none() -> None:
    assert follow(lambda k: [(50, 60, 0.9)] if k == 5 else []) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert follow(lambda k: []) == []


def test_the_same_detections_give_the_same_tracklets() -> None:
    rng = np.random.default_rng(7)
    people = [[(*rng.uniform(20, 220, 2), 0.9) for _ in range(6)] for _ in range(60)]
    one, other = follow(lambda k: people[k]), follow(lambda k: people[k])
    assert [t.name for t in one] == [t.name for t in other]
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.frames, b.frames)
        np.testing.assert_array_equal(a.boxes, b.boxes)
