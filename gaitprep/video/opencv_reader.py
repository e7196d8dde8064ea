"""Frames by OpenCV: the second reader, for what PyAV does not take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from gaitprep.errors import VideoError
from gaitprep.video.damage import DamagedVideo, shortfall
from gaitprep.video.frame import Clock, Frame
from gaitprep.video.info import describe, open_video


def read(path: Path) -> Iterator[Frame]:
    """See `gaitprep.video.read_frames`. OpenCV turns pictures upright by itself and is silent about damage."""
    with open_video(path) as (container, stream):
        info = describe(container, stream)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    clock = Clock(info.start, info.fps)
    count = 0
    try:
        while True:
            good, image = capture.read()
            if not good:
                break
            # OpenCV counts time from the start of the stream.
            pts = clock.tick(info.start + capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3)
            yield Frame(count, pts, np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8))
            count += 1
    finally:
        capture.release()
    if damage := shortfall(info, count, clock.last):
        raise DamagedVideo(path, count, damage)
    if not count:
        raise VideoError(
            f"{path} holds no picture that OpenCV can decode",
            cause=f"codec {info.codec}",
            next_step="read it with the decoder 'pyav'",
        )
