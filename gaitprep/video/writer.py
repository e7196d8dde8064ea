"""Writing videos that every player shows."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from numpy.typing import NDArray

from gaitprep.run.atomic import publish

_TICKS = 90_000


class VideoWriter:
    """Writes RGB frames as H.264 (yuv420p); the file appears, whole, when the block ends well.

    Odd sizes are made even by repeating the last row or column, which 4:2:0 needs.

    Args:
        path: target, `.mp4` or `.mkv`.
        width, height: size of the frames, pixels.
        fps: frame rate, 1/s.
        crf: quality of x264, 0 (lossless) to 51.
        preset: effort of x264, `ultrafast` to `veryslow`; threads: its threads, 0 for one per core.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: float,
        *,
        crf: int = 20,
        preset: str = "medium",
        threads: int = 0,
    ) -> None:
        self._path = path
        self._shape = (height, width, 3)
        self._fps = fps
        self._options = {"crf": str(crf), "preset": preset, "threads": str(threads)}
        self._count = 0
        self._files = ExitStack()

    def __enter__(self) -> VideoWriter:
        height, width, _ = self._shape
        with ExitStack() as files:
            temporary = files.enter_context(publish(self._path))
            self._container = files.enter_context(av.open(str(temporary), "w"))
            self._stream = self._container.add_stream(
                "libx264", rate=Fraction(self._fps).limit_denominator(1001), options=self._options
            )
            self._stream.width, self._stream.height = width + width % 2, height + height % 2
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.time_base = Fraction(1, _TICKS)
            self._files = files.pop_all()
        return self

    def write(self, image: NDArray[np.uint8], pts: float | None = None) -> None:
        """Appends a frame.

        Args:
            image: `[height, width, 3]` uint8 RGB.
            pts: presentation time, s, increasing; without it the frames follow one another at the frame rate.

        Raises:
            ValueError: the image is of another size or type.
        """
        if image.shape != self._shape or image.dtype != np.uint8:
            raise ValueError(f"frame of {image.dtype} {image.shape} in a video of uint8 {self._shape}")
        height, width, _ = self._shape
        if height % 2 or width % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        picture.time_base = Fraction(1, _TICKS)
        picture.pts = round((self._count / self._fps if pts is None else pts) * _TICKS)
        self._container.mux(self._stream.encode(picture))
        self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._files.__exit__(kind, error, trace)
            return
        with self._files:
            if not self._count:
                raise ValueError(f"no frame was written to {self._path}")
            self._container.mux(self._stream.encode(None))
