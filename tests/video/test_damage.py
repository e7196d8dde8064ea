import pickle
from pathlib import Path

import numpy as np
import pytest

from gaitprep.video import DamagedVideo, VideoInfo, VideoWriter, read_frames
from gaitprep.video.damage import shortfall


def info(frames: int | None, duration: float | None) -> VideoInfo:
    return VideoInfo(320, 240, 25.0, frames, duration, "h264")


def test_a_stream_that_ends_early_falls_short() -> None:
    assert "100 frames" in str(shortfall(info(100, 4.0), 60, 59 / 25))
    assert "4.00 s" in str(shortfall(info(None, 4.0), 60, 59 / 25))


def test_a_stream_that_keeps_its_promise_does_not() -> None:
    assert shortfall(info(100, 4.0), 100, 99 / 25) is None
    assert shortfall(info(None, None), 3, 0.1) is None


def test_fewer_frames_over_the_full_time_are_a_trimmed_or_thinned_video() -> None:
    assert shortfall(info(100, 4.0), 50, 98 / 25) is None


def test_a_long_last_frame_is_no_damage() -> None:
    assert shortfall(info(100, 14.0), 100, 99 / 25) is None


def test_a_missing_placeholder_of_packed_b_frames_is_no_damage() -> None:
    assert shortfall(info(100, 4.0), 99, 98 / 25) is None


def test_the_error_crosses_process_borders() -> None:
    error = pickle.loads(pickle.dumps(DamagedVideo(Path("a.avi"), 12, "cut off")))
    assert error.frames_read == 12
    assert "cut off" in str(error)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "whole.mkv"
    with VideoWriter(path, 64, 48, 25) as writer:
        for value in range(40):
            writer.write(np.full((48, 64, 3), 4 * value, np.uint8))
    return path


def test_a_whole_matroska_file_is_sound(film: Path) -> None:
    assert len(list(read_frames(film))) == 40


def test_every_matroska_file_that_is_cut_off_is_damaged(film: Path) -> None:
    """It ends without an exception and without a count: only libav's log says so, each time in the same words."""
    data = film.read_bytes()
    for tenths in (6, 7, 8, 9):
        cut = film.with_name(f"cut-{tenths}.mkv")
        cut.write_bytes(data[: len(data) * tenths // 10])
        with pytest.raises(DamagedVideo):
            list(read_frames(cut))
