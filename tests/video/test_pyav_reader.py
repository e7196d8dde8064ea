from pathlib import Path

import pytest

from gaitprep.video import DamagedVideo, Frame, read_frames
from tests.video.make import bar, write_video


def test_after_a_broken_stretch_reading_goes_on_at_the_next_key_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", 100, keyframe_every=10)
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 300] = b"\xff" * 300
    path.write_bytes(data)
    frames: list[Frame] = []
    with pytest.raises(DamagedVideo, match="cannot be decoded") as caught:
        frames.extend(frame for frame in _collect(path, frames))
    assert caught.value.frames_read == len(frames)
    assert 60 <= len(frames) < 100
    assert frames[-1].pts == pytest.approx(99 / 25, abs=1e-3)
    shown = [round(frame.pts * 25) for frame in frames]
    assert [bar(frame.image) for frame in frames] == [k % 10 for k in shown]
    assert [frame.index for frame in frames] == list(range(len(frames)))


def _collect(path: Path, into: list[Frame]) -> list[Frame]:
    for frame in read_frames(path):
        into.append(frame)  # noqa: PERF402 (what came before the error must be kept)
    return []
