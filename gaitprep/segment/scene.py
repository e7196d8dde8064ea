"""The scene behind the people, window after window, and whether the camera stands still before it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.camera import MOVES_FROM, unrest
from gaitprep.segment.interface import Images, Video
from gaitprep.segment.median import Background, masked_median
from gaitprep.segment.samples import Samples, sample_windows

_SAMPLES = 50
_WINDOW = 3000  # frames, two minutes: light and parked cars change more slowly


@dataclass(frozen=True)
class Scene:
    """What one window of a video shows beside its people.

    Attributes:
        samples: pictures of the window; background: their median without the people.
        unrest: how much the scene itself changes, see `camera.unrest`.
    """

    samples: Samples
    background: Background
    unrest: float

    @property
    def is_still(self) -> bool:
        """Whether the camera stands still."""
        return self.unrest <= MOVES_FROM

    def behind(self, box: NDArray[np.float32], side: int) -> tuple[Images, NDArray[np.float32], NDArray[np.float32]]:
        """The background of a crop, squeezed to `side` as the crop was: colour, spread, and share that was seen."""
        samples, background = self.samples, self.background
        height, width = background.seen.shape
        left, right = np.round((box[[0, 2]] - samples.left) * samples.scale[0]).astype(int).tolist()
        top, bottom = np.round((box[[1, 3]] - samples.top) * samples.scale[1]).astype(int).tolist()
        left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        right, bottom = min(max(right, left + 1), width), min(max(bottom, top + 1), height)
        shrinks = (right - left) * (bottom - top) > side * side
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR  # as tracking cuts

        def cut(image: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(cv2.resize(image[top:bottom, left:right], (side, side), interpolation=how))

        return cut(background.colour), cut(background.spread), cut(background.seen.astype(np.float32))


class Scenes:
    """The scenes of a video, which are asked for in order of time."""

    def __init__(self, windows: Iterator[Samples]) -> None:
        self._windows = windows
        self._scene: Scene | None = None
        self.unrest: list[float] = []

    def at(self, frame: int) -> Scene:
        """The scene of the window that a frame lies in."""
        while self._scene is None or frame >= self._scene.samples.last:
            samples = next(self._windows, None)
            if samples is None:
                break  # damage ended the reading early: the last background is the nearest
            background = masked_median(samples.images, samples.people)
            self._scene = Scene(samples, background, unrest(samples, background))
            self.unrest.append(self._scene.unrest)
        assert self._scene is not None, "a video with crops has frames"
        return self._scene

    def spans(self, frames: NDArray[np.int64]) -> Iterator[tuple[slice, Scene]]:
        """Cuts frames in order of time into pieces that lie in one scene each."""
        first = 0
        while first < len(frames):
            scene = self.at(int(frames[first]))
            last, end = len(frames), scene.samples.last
            if frames[-1] >= end and frames[first] < end:
                last = int(np.searchsorted(frames, end))
            yield slice(first, last), scene
            first = last


@contextmanager
def scenes(video: Video) -> Generator[Scenes]:
    """Reads the scenes of a video while the block lasts."""
    windows = sample_windows(video, _SAMPLES, _WINDOW)
    try:
        yield Scenes(windows)
    finally:
        windows.close()
