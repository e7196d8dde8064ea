"""The conformance suite: both readers pass all of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import UsageError, VideoError
from gaitprep.video import DamagedVideo, Frame, read_frames
from gaitprep.video.read import READERS
from tests.video.make import HEIGHT, WIDTH, bar, cut, turn, write_sound, write_video

Reader = Callable[[Path], Iterator[Frame]]


@pytest.fixture(params=sorted(READERS))
def read(request: pytest.FixtureRequest) -> Reader:
    return lambda path: read_frames(path, decoder=request.param)


def drain(frames: Iterator[Frame]) -> tuple[list[Frame], DamagedVideo | None]:
    seen = []
    try:
        for frame in frames:
            seen.append(frame)  # noqa: PERF402 (what came before the error must be kept)
    except DamagedVideo as damage:
        return seen, damage
    return seen, None


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "libx264"), (".avi", "mjpeg"), (".avi", "mpeg4")])
def test_every_frame_in_order_with_its_time(read: Reader, tmp_path: Path, suffix: str, codec: str) -> None:
    frames = list(read(write_video(tmp_path / f"v{suffix}", codec=codec)))
    assert [frame.index for frame in frames] == list(range(50))
    assert [bar(frame.image) for frame in frames] == [k % 10 for k in range(50)]
    np.testing.assert_allclose([frame.pts for frame in frames], np.arange(50) / 25, atol=1e-4)
    assert {(frame.image.shape, frame.image.dtype.str) for frame in frames} == {((HEIGHT, WIDTH, 3), "|u1")}


def test_colours_are_rgb(read: Reader, tmp_path: Path) -> None:
    corner = next(iter(read(write_video(tmp_path / "v.mp4", 3)))).image[4, 4].astype(int)
    assert corner[0] > 200
    assert corner[1:].max() < 60


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_variable_frame_rate_keeps_the_container_s_times(read: Reader, tmp_path: Path, suffix: str) -> None:
    times = np.cumsum(np.random.default_rng(1).integers(20, 300, 40)) / 1000
    frames = list(read(write_video(tmp_path / f"v{suffix}", 40, times=times)))
    np.testing.assert_allclose([frame.pts for frame in frames], times, atol=0.002)


def test_a_turned_video_stands_upright(read: Reader, tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / "v.mp4", 3), tmp_path / "turned.mp4")
    image = next(iter(read(path))).image
    assert image.shape == (WIDTH, HEIGHT, 3)
    assert image[4, -4, 0] > 200  # the red corner, upper left before, is upper right after a clockwise turn
    assert image[4, 4, 0] < 240


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "libx264"), (".avi", "mjpeg"), (".avi", "mpeg4"), (".mkv", "libx264")]
)
def test_a_truncated_video_raises_after_its_good_frames(read: Reader, tmp_path: Path, suffix: str, codec: str) -> None:
    times = np.arange(100) / 25
    whole = write_video(tmp_path / f"v{suffix}", 100, codec=codec, times=times if suffix == ".mkv" else None)
    frames, damage = drain(read(cut(whole, tmp_path / f"cut{suffix}", 0.6)))
    assert damage is not None
    assert damage.frames_read == len(frames)
    assert 30 <= len(frames) <= 75
    assert [bar(frame.image) for frame in frames[:-1]] == [k % 10 for k in range(len(frames) - 1)]
    assert str(len(frames)) in str(damage)


def test_a_whole_video_with_sound_is_not_called_damaged(read: Reader, tmp_path: Path) -> None:
    assert len(list(read(write_video(tmp_path / "v.mp4", 20, audio=True)))) == 20
    assert len(list(read(write_video(tmp_path / "v.mkv", 20, audio=True)))) == 20


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "sound"])
def test_what_is_no_video_is_named(read: Reader, tmp_path: Path, kind: str) -> None:
    path = bad_file(tmp_path, kind)
    with pytest.raises(VideoError, match=path.name) as caught:
        list(read(path))
    assert not isinstance(caught.value, DamagedVideo)
    assert caught.value.next_step


def bad_file(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.mp4"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is a letter, not a video\n" * 100)
    elif kind == "sound":
        write_sound(path)
    return path


def test_an_unknown_decoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gstreamer"):
        read_frames(tmp_path / "v.mp4", decoder="gstreamer")  # type: ignore[arg-type]


def test_both_readers_give_the_same_pictures(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", 10, codec="mpeg4")
    for one, other in zip(read_frames(path, decoder="pyav"), read_frames(path, decoder="opencv"), strict=True):
        assert np.abs(one.image.astype(int) - other.image).mean() < 3
        assert one.pts == pytest.approx(other.pts, abs=1e-6)
