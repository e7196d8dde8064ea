"""Frames by PyAV (libav): the first choice, since it reports damage."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.logging
import numpy as np
from av.video.reformatter import VideoReformatter

from gaitprep.errors import VideoError
from gaitprep.video.damage import DamagedVideo, shortfall
from gaitprep.video.frame import Clock, Frame
from gaitprep.video.info import describe, open_video, quarter_turns


def read(path: Path) -> Iterator[Frame]:
    """See `gaitprep.video.read_frames`. After a fault, decoding goes on at the next key frame."""
    with open_video(path) as (container, stream):
        info = describe(container, stream)
        # One thread: errors then belong to the packet in hand, and a worker keeps to its core.
        stream.codec_context.thread_count = 1
        clock = Clock(info.start, info.fps)
        reformatter = VideoReformatter()
        decoding = _Decoding(container, stream)
        count = 0
        for picture in decoding.pictures():
            pts = clock.tick(None if picture.pts is None else float(picture.pts * stream.time_base))
            image = np.asarray(reformatter.reformat(picture, format="rgb24").to_ndarray(), dtype=np.uint8)
            image = np.ascontiguousarray(np.rot90(image, quarter_turns(picture)))
            yield Frame(count, pts, image)
            count += 1
        damage = decoding.damage(clock.last)
    damage = damage or shortfall(info, count, clock.last)
    if damage:
        raise DamagedVideo(path, count, damage)
    if not count:
        raise VideoError(
            f"{path} holds a video stream without a picture",
            cause="a recording that was stopped at once",
            next_step="leave it out of the source folder",
        )


@contextlib.contextmanager
def _complaints_into(found: list[str]) -> Iterator[None]:
    """Keeps what libav logs as an error in this thread: a Matroska file that is cut off ends without an exception."""
    level, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    # A second file that is cut off says the very same words, which PyAV would keep from us.
    av.logging.set_skip_repeated(False)
    try:
        with av.logging.Capture(local=True) as logs:
            yield
    finally:
        av.logging.set_level(level)
        av.logging.set_skip_repeated(skips)
        found.extend(words for _, _, words in logs)


class _Decoding:
    """Pictures of a stream, and a note of every stretch that could not be decoded."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        self._faults: list[str] = []
        self._waits_for_key = False

    def damage(self, last_pts: float) -> str | None:
        if not self._faults:
            return None
        count = len(self._faults)
        where = f"at one place: {self._faults[0]}" if count == 1 else f"at {count} places, first: {self._faults[0]}"
        return f"it cannot be decoded {where}; last good frame at {last_pts:.2f} s"

    def pictures(self) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        complaints: list[str] = []
        while True:
            try:
                with _complaints_into(complaints):
                    packet = next(packets)
            except StopIteration:
                if any("prematurely" in words for words in complaints):
                    self._note("the file ends before its container says so")
                return
            except av.FFmpegError as error:
                self._note(str(error))
                yield from self._drain()
                return
            if self._waits_for_key:
                if packet.size and not packet.is_keyframe:
                    continue
                self._waits_for_key = False
            yield from self._decode(packet)

    def _decode(self, packet: Any) -> Iterator[Any]:
        try:
            if packet.is_corrupt:
                raise av.InvalidDataError(1, "packet is cut off")
            pictures = packet.decode()
        except av.FFmpegError as error:
            self._note(error.strerror or str(error))
            yield from self._drain()
            return
        for picture in pictures:
            if picture.is_corrupt:
                self._note("a picture is marked as corrupt")
            else:
                yield picture

    def _drain(self) -> Iterator[Any]:
        """The good pictures that the decoder still holds back; afterwards it is ready for a key frame."""
        try:
            rest = self._stream.decode(None)
        except av.FFmpegError:
            rest = []
        yield from (picture for picture in rest if not picture.is_corrupt)
        self._stream.codec_context.flush_buffers()
        self._waits_for_key = True

    def _note(self, fault: str) -> None:
        self._faults.append(fault)
