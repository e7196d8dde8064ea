"""Sampling: windows, region, memory, and videos that end early."""

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import VideoError
from gaitprep.segment import samples as module
from gaitprep.segment.interface import Video
from gaitprep.segment.samples import sample_windows
from gaitprep.video.writer import VideoWriter


def video_of(path: Path, frames: int = 30, promised: int | None = None, **where: float) -> Video:
    """A video of 160×120 whose grey tells the frame; one person in the frames from 5 to 24."""
    with VideoWriter(path, 160, 120, 25, crf=8) as writer:
        for index in range(frames):
            writer.write(np.full((120, 160, 3), 40 + 4 * index, np.uint8))
    inside = np.arange(5, 25)
    left = where.get("left", 60.0)
    boxes = np.tile(np.float32([left, 30, left + 20, 90]), (len(inside), 1))
    return Video(path, 160, 120, promised or frames, inside, boxes)


def test_samples_are_spread_over_the_window_and_cut_to_the_region(tmp_path: Path) -> None:
    (found,) = sample_windows(video_of(tmp_path / "v.mp4"), 10, 100)
    assert found.images.shape == (10, 90, 30, 3), "the box and a quarter of its size on each side"
    assert (found.left, found.top, found.scale, found.last) == (55, 15, (1.0, 1.0), 30)
    grey = found.images.mean(axis=(1, 2, 3))
    np.testing.assert_allclose(grey, 40 + 4 * np.linspace(0, 29, 10).round(), atol=2)
    with_people = found.people.any(axis=(1, 2))
    assert with_people.tolist() == [5 <= round(index) < 25 for index in np.linspace(0, 29, 10)]


def test_beside_the_head_the_box_is_free(tmp_path: Path) -> None:
    (found,) = sample_windows(video_of(tmp_path / "v.mp4"), 3, 100)
    body = found.people[1]
    assert body[15:75].any(axis=1).all()
    assert body[16].sum() < body[60].sum() == 20
    assert not body[:15].any()


def test_windows_without_people_are_passed_over(tmp_path: Path) -> None:
    windows = list(sample_windows(video_of(tmp_path / "v.mp4"), 5, 5))
    assert [window.last for window in windows] == [10, 15, 20, 25]
    assert [len(window.images) for window in windows] == [5, 5, 5, 5]
    assert windows[2].images.mean() == pytest.approx(40 + 4 * 17, abs=2)


def test_memory_is_bounded_by_fewer_and_then_by_smaller_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = video_of(tmp_path / "v.mp4")
    monkeypatch.setattr(module, "_FEW", 4)
    monkeypatch.setattr(module, "BUDGET", 30 * 90 * 4 * 6)
    (fewer,) = sample_windows(video, 20, 100)
    assert (len(fewer.images), fewer.scale) == (6, (1.0, 1.0))
    monkeypatch.setattr(module, "BUDGET", 30 * 90 * 4)
    (smaller,) = sample_windows(video, 20, 100)
    assert smaller.images.shape == (4, 45, 15, 3)
    assert smaller.scale == (0.5, 0.5)
    assert smaller.people[1].any(axis=1).sum() == pytest.approx(30, abs=1)
    assert smaller.images.nbytes + smaller.people.nbytes <= 30 * 90 * 4


def test_regions_end_at_the_picture(tmp_path: Path) -> None:
    (found,) = sample_windows(video_of(tmp_path / "v.mp4", left=-3.0), 4, 100)
    assert (found.left, found.images.shape[2]) == (0, 22)


def test_a_video_cut_short_gives_what_there_is(tmp_path: Path) -> None:
    video = video_of(tmp_path / "v.mp4")
    path = tmp_path / "cut.mkv"
    with VideoWriter(path, 160, 120, 25, crf=8) as writer:
        rng = np.random.default_rng(0)
        for _ in range(30):
            writer.write(rng.integers(0, 255, (120, 160, 3), np.uint8))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    damaged = Video(path, 160, 120, 30, video.person_frame, video.person_box)
    (found,) = sample_windows(damaged, 30, 100)
    assert 5 < len(found.images) < 25


def test_a_video_of_another_size_is_not_sampled(tmp_path: Path) -> None:
    video = video_of(tmp_path / "v.mp4")
    other = Video(video.path, 200, 120, 30, video.person_frame, video.person_box)
    assert list(sample_windows(other, 5, 100)) == []


def test_a_missing_video_is_named(tmp_path: Path) -> None:
    missing = Video(tmp_path / "no.mp4", 160, 120, 30, np.array([1]), np.float32([[1, 1, 9, 9]]))
    with pytest.raises(VideoError, match="no.mp4"):
        list(sample_windows(missing, 5, 100))
