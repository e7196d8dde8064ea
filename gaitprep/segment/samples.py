"""Sampling a video for its background, window after window, in one pass and in bounded memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.interface import Images, Video
from gaitprep.video.damage import DamagedVideo
from gaitprep.video.frame import Frame
from gaitprep.video.read import read_frames

BUDGET = 256 << 20
"""Bytes of samples held at a time: what bounds the memory for any size and length of video."""

SMOOTHING = 0.6
"""Standard deviation, in pixels, of the smoothing that takes the noise from pictures before they are compared."""

_FEW = 25  # samples that still make a good median; below this the pictures are shrunk rather than thinned out
_AROUND = 0.25  # of a box's size: what lies about the people shows whether the camera stands still
# Half the breadth of where a body can be, over half the box, by height in the box: beside the head the box is free.
_ENVELOPE = ((0.0, 0.12, 0.2, 0.3), (0.35, 0.5, 0.6, 1.0))


@dataclass(frozen=True)
class Samples:
    """Pictures of one window of a video, cut to the region where people are, lightly smoothed.

    Attributes:
        images: `[k, h, w, 3]` u1 RGB.
        people: `[k, h, w]` bool, where a tracked person may be.
        left, top: corner of the region in the source, pixels.
        scale: pixels of these images per source pixel, (horizontal, vertical), ≤ 1.
        last: index of the first frame after the window.
    """

    images: Images
    people: NDArray[np.bool_]
    left: int
    top: int
    scale: tuple[float, float]
    last: int


def sample_windows(video: Video, count: int, window: int) -> Generator[Samples]:
    """Gives samples of every window of a video in which there are people, in order of time.

    Args:
        video: what to sample.
        count: samples to take from a window, evenly in time; fewer where they would not fit into `BUDGET`.
        window: longest window, frames; a video is cut into equal ones.

    Raises:
        VideoError: the video cannot be read at all. Damage further on ends the last window early.
    """
    frames = _readable(video)
    edges = np.linspace(0, video.frames, -(-video.frames // window) + 1).round().astype(int)
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        boxes = video.boxes_between(first, last)
        if len(boxes):
            samples = _sample(frames, video, boxes, (first, last), count)
            if samples is not None:
                yield samples


def _readable(video: Video) -> Iterator[Frame]:
    """The frames that tracking has seen; it has reported what ended them."""
    try:
        for frame in read_frames(video.path, decoder=video.decoder):
            if frame.image.shape[:2] != (video.height, video.width):
                return
            yield frame
    except DamagedVideo as error:
        if not error.frames_read:
            raise


def _sample(
    frames: Iterator[Frame], video: Video, boxes: NDArray[np.float32], window: tuple[int, int], count: int
) -> Samples | None:
    first, last = window
    left, top, right, bottom = _region(boxes, video)
    area = (right - left) * (bottom - top) * 4  # three colours and the people
    fitting = max(BUDGET // area, _FEW)
    count = min(count, last - first, fitting)
    shrink = min(1.0, (BUDGET / (area * count)) ** 0.5)
    width, height = max(1, round((right - left) * shrink)), max(1, round((bottom - top) * shrink))
    wanted = set(np.linspace(first, last - 1, count).round().astype(int).tolist())
    images = np.empty((len(wanted), height, width, 3), np.uint8)
    people = np.zeros((len(wanted), height, width), np.bool_)
    taken = 0
    for frame in frames:
        if frame.index in wanted:
            picture = cv2.GaussianBlur(frame.image[top:bottom, left:right], (0, 0), SMOOTHING)
            images[taken] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            for box in (video.boxes_at(frame.index) - [left, top, left, top]) * shrink:
                _mark_body(people[taken], box)
            taken += 1
        if frame.index >= last - 1:
            break
    if not taken:
        return None
    scale = (width / (right - left), height / (bottom - top))
    return Samples(images[:taken], people[:taken], left, top, scale, last)


def _region(boxes: NDArray[np.float32], video: Video) -> tuple[int, int, int, int]:
    about = _AROUND * (boxes[:, 2:] - boxes[:, :2]).mean(axis=0)
    left, top = np.floor(boxes[:, :2].min(axis=0) - about)
    right, bottom = np.ceil(boxes[:, 2:].max(axis=0) + about)
    return max(0, int(left)), max(0, int(top)), min(video.width, int(right)), min(video.height, int(bottom))


def _mark_body(people: NDArray[np.bool_], box: NDArray[np.float32]) -> None:
    left, top, right, bottom = box.tolist()
    first, last = max(0, int(top)), min(len(people), int(np.ceil(bottom)))
    heights = (np.arange(first, last) + 0.5 - top) / max(bottom - top, 1e-6)
    reach = np.interp(heights, *_ENVELOPE) * (right - left) / 2
    middle = (left + right) / 2
    begins = np.maximum(np.floor(middle - reach), 0).astype(int).tolist()
    ends = np.maximum(np.ceil(middle + reach), 0).astype(int).tolist()
    for row, begin, end in zip(range(first, last), begins, ends, strict=True):
        people[row, begin:end] = True
