"""The frames of a video that can be used; what ends them early is noted, not raised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gaitprep.track.config import TrackConfig
from gaitprep.video import DamagedVideo, Frame, read_frames


class ReadableFrames:
    """Frames of one size up to the damage, if there is any. The same frames at every reading.

    Attributes:
        damage: after a reading: what could not be read; None for a whole video.
    """

    def __init__(self, path: Path, config: TrackConfig) -> None:
        self._path = path
        self._decoder = config.decoder
        self.damage: str | None = None

    def __iter__(self) -> Iterator[Frame]:
        """Reads from the beginning.

        Raises:
            VideoError: there is not one frame to read.
        """
        self.damage = None
        shape = None
        try:
            for frame in read_frames(self._path, decoder=self._decoder):
                shape = shape or frame.image.shape
                if frame.image.shape != shape:
                    self.damage = f"the size of the picture changes at {frame.pts:.2f} s; the rest is left out"
                    return
                yield frame
        except DamagedVideo as error:
            if not error.frames_read:
                raise
            self.damage = error.damage
