from pathlib import Path

import numpy as np
import pytest

from gaitprep.video import VideoWriter, probe, read_frames
from tests.video.make import bar, picture


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "v.mp4"
    with VideoWriter(path, 96, 64, 25) as writer:
        for k in range(20):
            writer.write(picture(k))
        assert not path.exists()
    assert [bar(frame.image) for frame in read_frames(path)] == [k % 10 for k in range(20)]
    assert (probe(path).codec, probe(path).fps) == ("h264", 25.0)
    assert list(path.parent.iterdir()) == [path]


def test_given_times_are_kept(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.3, 0.35, 1.0]
    with VideoWriter(tmp_path / "v.mp4", 96, 64, 25) as writer:
        for k, time in enumerate(times):
            writer.write(picture(k), time)
    np.testing.assert_allclose([frame.pts for frame in read_frames(tmp_path / "v.mp4")], times, atol=1e-3)


def test_odd_sizes_become_even_by_repeating_the_edge(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "v.mp4", 95, 63, 25) as writer:
        for k in range(3):
            writer.write(np.ascontiguousarray(picture(k)[:63, :95]))
    info = probe(tmp_path / "v.mp4")
    assert (info.width, info.height) == (96, 64)


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frame of"), VideoWriter(tmp_path / "v.mp4", 96, 64, 25) as writer:
        writer.write(picture(0)[:60])
    with pytest.raises(ValueError, match="no frame"), VideoWriter(tmp_path / "v.mp4", 96, 64, 25):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frame of"), VideoWriter(tmp_path / "v.mp4", 90, 64, 25) as writer:
        writer.write(picture(0))
