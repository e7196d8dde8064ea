"""Boxes, videos and a detector for tests. A "person" is a bright upright rectangle on a dark ground."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.track.config import TrackConfig
from gaitprep.track.tracklet import Tracklet
from gaitprep.video import VideoWriter

WIDTH, HEIGHT = 320, 240
BODY = (30, 80)
"""Width and height of a person, pixels."""


def box_at(x: float, y: float = 120, height: float = BODY[1]) -> NDArray[np.float32]:
    """The box of a person whose middle is at (x, y)."""
    half = np.array([height * BODY[0] / BODY[1], height]) / 2
    return np.array([x - half[0], y - half[1], x + half[0], y + half[1]], np.float32)


def tracklet(
    name: str, frames: Iterable[int], *, x: float = 160, speed: float = 0, height: float = BODY[1], y: float = 120
) -> Tracklet:
    """A person at `x` in frame 0, moving by `speed` pixels a frame."""
    index = np.array(list(frames), np.int64)
    boxes = np.stack([box_at(x + speed * frame, y, height) for frame in index])
    return Tracklet(name, index, boxes, np.full(len(index), 0.9, np.float32), (name,))


Place = Callable[[int], float | None]
"""Frame → x of a person's middle, or None while it is not there."""


def write_people(path: Path, people: Sequence[Place], count: int = 60, times: Sequence[float] | None = None) -> Path:
    """A video of 320×240 at 25/s, in which people are at y = 60, 180, … (so that they never cover one another)."""
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for k in range(count):
            image = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
            for number, place in enumerate(people):
                x = place(k)
                if x is not None:
                    left, top, right, bottom = np.clip(box_at(x, 60 + 100 * number), 0, 1000).astype(int)
                    image[top:bottom, left:right] = 220
            writer.write(image, None if times is None else times[k])
    return path


class BrightDetector:
    """Finds bright rectangles; stands in for the network."""

    def batch_size(self, width: int, height: int) -> int:
        return 7

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        return [self._one(image) for image in images]

    def _one(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        bright = (image.min(axis=2) > 125).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        rows = [(x, y, x + w, y + h, 0.9) for x, y, w, h, area in stats[1:] if area > 100]
        return np.array(rows, np.float32).reshape(-1, 5)


def bright_detector(weights: Path, config: TrackConfig, long_side: int) -> BrightDetector:
    """The factory for `TrackStage`."""
    return BrightDetector()
