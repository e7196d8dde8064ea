"""Masks where the camera stands still: the walker is what the background does not explain."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.appearance import Appearance, separate
from gaitprep.segment.camera import MOVES_FROM, unrest
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter
from gaitprep.segment.median import Background, masked_median
from gaitprep.segment.outline import draw_mask
from gaitprep.segment.samples import Samples, sample_windows
from gaitprep.segment.view import Floats, View, make_view

_SAMPLES = 50
_WINDOW = 3000  # frames, two minutes: light and parked cars change more slowly
_REMEMBERED = 500  # frames for which the look of a walker is kept


class BackgroundSegmenter(Segmenter):
    """Background by masked median, appearance by expectation-maximisation, outline by mixing."""

    @contextmanager
    def prepare(self, video: Video) -> Generator[VideoSegmenter]:
        """See `Segmenter`."""
        windows = sample_windows(video, _SAMPLES, _WINDOW)
        try:
            yield _StillCamera(windows)
        finally:
            windows.close()


class _StillCamera(VideoSegmenter):
    def __init__(self, windows: Iterator[Samples]) -> None:
        self._windows = windows
        self._scene: tuple[Samples, Background] | None = None
        self._unrest: list[float] = []
        self._hidden: dict[str, tuple[float, int]] = {}
        self._looks: dict[str, tuple[int, Appearance]] = {}

    @property
    def details(self) -> Mapping[str, Any]:
        return {
            "backgrounds": len(self._unrest),
            "unrest": [round(unrest, 3) for unrest in self._unrest],
            "background_never_seen": {name: round(share / n, 3) for name, (share, n) in self._hidden.items()},
        }

    @property
    def warnings(self) -> list[str]:
        if max(self._unrest, default=0) > MOVES_FROM:
            return ["camera moves: background masks unreliable; use --method ultralytics or unet"]
        return []

    def masks(self, crops: Crops) -> Images:
        found = np.zeros(crops.rgb.shape[:3], np.uint8)
        frames = crops.frame
        first = 0
        while first < len(crops):
            samples, background = self._go_to(int(frames[first]))
            last = len(crops)
            if frames[-1] >= samples.last and frames[first] < samples.last:
                last = int(np.searchsorted(frames, samples.last))
            views = [_view(crops, index, samples, background) for index in range(first, last)]
            odds = self._separate(crops.tracklet, views, frames[first:last])
            for index, view, result in zip(range(first, last), views, odds, strict=True):
                found[index] = draw_mask(view, result, crops.rgb.shape[1])
            first = last
        return found

    def _separate(self, tracklet: str, views: list[View], frames: NDArray[np.int64]) -> list[Floats]:
        # Those who have left the scene are forgotten, so that memory does not grow with the video.
        self._looks = {name: look for name, look in self._looks.items() if look[0] >= frames[0] - _REMEMBERED}
        _, before = self._looks.get(tracklet, (0, None))
        odds, after = separate(views, before)
        self._looks[tracklet] = int(frames[-1]), after
        share, count = self._hidden.get(tracklet, (0.0, 0))
        hidden = share + sum(float(1 - view.seen.mean()) for view in views)
        self._hidden[tracklet] = hidden, count + len(views)
        return odds

    def _go_to(self, frame: int) -> tuple[Samples, Background]:
        while self._scene is None or frame >= self._scene[0].last:
            samples = next(self._windows, None)
            if samples is None:
                break  # damage ended the reading early: the last background is the nearest
            self._scene = samples, masked_median(samples.images, samples.people)
            self._unrest.append(unrest(*self._scene))
        assert self._scene is not None, "a video with crops has frames"
        return self._scene


def _view(crops: Crops, index: int, samples: Samples, background: Background) -> View:
    behind = _behind(samples, background, crops.box[index], crops.rgb.shape[1])
    return make_view(crops.rgb[index], behind, crops.size[index], crops.person[index])


def _behind(
    samples: Samples, background: Background, box: NDArray[np.float32], side: int
) -> tuple[Images, Floats, Floats]:
    """The background of a crop, squeezed as the crop was: colour, spread, and share that was seen."""
    height, width = background.seen.shape
    left, right = np.round((box[[0, 2]] - samples.left) * samples.scale[0]).astype(int).tolist()
    top, bottom = np.round((box[[1, 3]] - samples.top) * samples.scale[1]).astype(int).tolist()
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    right, bottom = min(max(right, left + 1), width), min(max(bottom, top + 1), height)
    how = cv2.INTER_AREA if (right - left) * (bottom - top) > side * side else cv2.INTER_LINEAR  # as tracking cuts

    def cut(image: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(cv2.resize(image[top:bottom, left:right], (side, side), interpolation=how))

    return cut(background.colour), cut(background.spread), cut(background.seen.astype(np.float32))
