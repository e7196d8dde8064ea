"""Telling a damaged video from one that simply ends."""

from __future__ import annotations

from pathlib import Path

from gaitprep.errors import VideoError
from gaitprep.video.info import VideoInfo

_MISSING_SHARE = 0.01
_MISSING_PERIODS = 2.5
_MISSING_SECONDS = 1.0


class DamagedVideo(VideoError):
    """Part of a video cannot be decoded. Raised after the frames that can be were given.

    Attributes:
        frames_read: how many frames were given.
    """

    frames_read: int

    def __init__(self, path: Path, frames_read: int, damage: str) -> None:
        super().__init__(
            f"{path} is damaged: {frames_read} frames could be read",
            cause=damage,
            next_step="copy it again from its source, or go on with the frames that could be read",
        )
        self.frames_read = frames_read
        self.damage = damage


def shortfall(info: VideoInfo, frames_read: int, last_pts: float) -> str | None:
    """What is missing when a stream has ended without an error, or None when it ended where it should.

    Count and duration must both fall short where both are known: a trimmed video has an edit list and shows fewer
    frames than it holds, and a last frame may stand for long.

    Args:
        info: what the container promises.
        frames_read: frames that were decoded.
        last_pts: presentation time of the last of them, s.
    """
    period = 1.0 / info.fps
    short_count = short_time = None
    if info.frames is not None:
        short_count = frames_read < info.frames - max(1.0, _MISSING_SHARE * info.frames)
    if info.duration is not None:
        read = last_pts + period - info.start
        # Without a count the duration may be that of the sound, or of a variable rate: allow for it.
        tolerance = _MISSING_PERIODS * period if info.frames is not None else max(_MISSING_SECONDS, 5 * period)
        short_time = read < info.duration - tolerance
    known = [short for short in (short_count, short_time) if short is not None]
    if not known or not all(known):
        return None
    promise = f"{info.frames} frames" if info.frames is not None else f"{info.duration:.2f} s"
    return f"the container promises {promise}, its stream ends at {last_pts:.2f} s: the file is cut off"
