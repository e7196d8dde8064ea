from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import VideoError
from gaitprep.video import probe
from tests.video.make import HEIGHT, WIDTH, turn, write_video
from tests.video.test_readers import bad_file


def test_a_video_is_described(tmp_path: Path) -> None:
    info = probe(write_video(tmp_path / "v.mp4"))
    assert (info.width, info.height, info.fps, info.frames, info.codec) == (WIDTH, HEIGHT, 25.0, 50, "h264")
    assert info.duration == pytest.approx(2.0)


def test_matroska_gives_a_duration_without_a_count(tmp_path: Path) -> None:
    times = 0.5 + np.arange(30) / 10
    info = probe(write_video(tmp_path / "v.mkv", 30, times=times))
    assert info.frames is None
    assert info.start == pytest.approx(0.5)
    assert info.duration == pytest.approx(3.0, abs=0.1)


def test_the_size_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    info = probe(turn(write_video(tmp_path / "v.mp4", 3), tmp_path / "turned.mp4"))
    assert (info.width, info.height) == (HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("missing", "no file"),
        ("folder", "folder"),
        ("empty", "empty"),
        ("text", "cannot be read"),
        ("sound", "no video"),
    ],
)
def test_what_is_no_video_is_explained(tmp_path: Path, kind: str, fact: str) -> None:
    with pytest.raises(VideoError, match=fact) as caught:
        probe(bad_file(tmp_path, kind))
    assert caught.value.next_step
