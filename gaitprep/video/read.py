"""The way to frames, whichever library decodes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from gaitprep.errors import UsageError
from gaitprep.video import opencv_reader, pyav_reader
from gaitprep.video.frame import Frame

Decoder = Literal["pyav", "opencv"]
READERS: Mapping[str, Callable[[Path], Iterator[Frame]]] = {
    "pyav": pyav_reader.read,
    "opencv": opencv_reader.read,
}


def read_frames(path: Path | str, *, decoder: Decoder = "pyav") -> Iterator[Frame]:
    """Gives the frames of a video in the order in which they are shown.

    `pts` is the presentation time of the container, made strictly increasing by `Clock`; the picture stands upright.
    One frame is held at a time. PyAV notices damage itself; OpenCV takes it for a normal end, so that there only the
    container's promises can tell.

    Raises:
        UsageError: there is no such decoder.
        VideoError: there is no video to read.
        DamagedVideo: after the last good frame of a damaged or truncated file.
    """
    if decoder not in READERS:
        raise UsageError(f"unknown decoder {decoder!r}", next_step=f"use one of: {', '.join(READERS)}")
    return READERS[decoder](Path(path))
