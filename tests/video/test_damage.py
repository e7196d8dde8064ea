import pickle
from pathlib import Path

from gaitprep.video import DamagedVideo, VideoInfo
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
