"""What a container says about its video, without decoding it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av

from gaitprep.errors import VideoError

_FALLBACK_FPS = 25.0
_CLOCK_TIME = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


@dataclass(frozen=True)
class VideoInfo:
    """A video as its container describes it.

    Attributes:
        width, height: size as shown, after rotation, pixels.
        fps: mean or nominal frame rate, 1/s.
        frames: number of frames, None where the container does not say.
        duration: length of the video stream, s; None where the container does not say.
        codec: name of the codec.
        start: presentation time of the beginning, s.
    """

    width: int
    height: int
    fps: float
    frames: int | None
    duration: float | None
    codec: str
    start: float = 0.0


def probe(path: Path | str) -> VideoInfo:
    """Describes the video in `path`.

    Raises:
        VideoError: the file is missing, empty, a folder, not a video, or holds sound only.
    """
    with open_video(Path(path)) as (container, stream):
        info = describe(container, stream)
        if _first_turns(container, stream) % 2:
            info = replace(info, width=info.height, height=info.width)
    return info


@contextlib.contextmanager
def open_video(path: Path) -> Iterator[tuple[Any, Any]]:
    """Opens a file as (PyAV container, its video stream).

    Raises:
        VideoError: the file is missing, empty, a folder, not a video, or holds sound only.
    """
    _check_file(path)
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise VideoError(
            f"{path} cannot be read as a video",
            cause=f"{getattr(error, 'strerror', None) or error}: it is cut off, or is no video at all",
            next_step="play it, and copy it again from its source if it does not",
        ) from error
    with container:
        # A cover picture in a sound file counts as a video stream too.
        streams = [s for s in container.streams.video if not s.disposition & s.disposition.attached_pic]
        if not streams:
            kinds = sorted({stream.type for stream in container.streams})
            raise VideoError(
                f"{path} holds no video",
                cause=f"its streams are: {', '.join(kinds) or 'none'}",
                next_step="leave it out of the source folder",
            )
        yield container, streams[0]


def _check_file(path: Path) -> None:
    if not path.exists():
        raise VideoError(f"there is no file {path}", next_step="check the path")
    if path.is_dir():
        raise VideoError(f"{path} is a folder, not a video", next_step="name a file in it")
    if path.stat().st_size == 0:
        raise VideoError(
            f"{path} is empty",
            cause="it has zero bytes: a copy or a recording that never began",
            next_step="copy it again from its source",
        )


def describe(container: Any, stream: Any) -> VideoInfo:
    """`VideoInfo` of an open container, of the size in which the pictures are stored."""
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    fps = float(rate) if rate else _FALLBACK_FPS
    start = float(stream.start_time * stream.time_base) if stream.start_time is not None else 0.0
    frames = stream.frames or None
    return VideoInfo(
        width=stream.codec_context.width,
        height=stream.codec_context.height,
        fps=fps,
        frames=frames,
        duration=_duration(container, stream, frames, fps, start),
        codec=stream.codec_context.name,
        start=start,
    )


def _duration(container: Any, stream: Any, frames: int | None, fps: float, start: float) -> float | None:
    if container.format.name == "avi" and frames:
        # For a file that was cut off, libav shortens the stream's duration to fit; the header's count stays.
        return frames / fps
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    tag = _CLOCK_TIME.match(stream.metadata.get("DURATION", ""))  # Matroska: the time at which the stream ends
    if tag:
        hours, minutes, seconds = (float(part) for part in tag.groups())
        return hours * 3600 + minutes * 60 + seconds - start
    return container.duration / 1e6 if container.duration else None


def _first_turns(container: Any, stream: Any) -> int:
    # PyAV tells the rotation of frames, not of streams.
    with contextlib.suppress(av.FFmpegError):
        for frame in container.decode(stream):
            return quarter_turns(frame)
    return 0


def quarter_turns(frame: Any) -> int:
    """Quarter turns counter-clockwise that show the frame upright."""
    return int(round(frame.rotation / 90) % 4)
