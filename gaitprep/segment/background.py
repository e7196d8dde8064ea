"""Masks where the camera stands still: the walker is what the background does not explain."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.appearance import Appearance, separate
from gaitprep.segment.camera import MOVES_FROM
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter
from gaitprep.segment.outline import draw_mask
from gaitprep.segment.scene import Scenes, scenes
from gaitprep.segment.view import Floats, View, make_view

_REMEMBERED = 500  # frames for which the look of a walker is kept


class BackgroundSegmenter(Segmenter):
    """Background by masked median, appearance by expectation-maximisation, outline by mixing."""

    @contextmanager
    def prepare(self, video: Video) -> Generator[VideoSegmenter]:
        """See `Segmenter`."""
        with scenes(video) as seen:
            yield _StillCamera(seen)


class _StillCamera(VideoSegmenter):
    def __init__(self, seen: Scenes) -> None:
        self._scenes = seen
        self._hidden: dict[str, tuple[float, int]] = {}
        self._looks: dict[str, tuple[int, Appearance]] = {}

    @property
    def details(self) -> Mapping[str, Any]:
        return {
            "backgrounds": len(self._scenes.unrest),
            "unrest": [round(unrest, 3) for unrest in self._scenes.unrest],
            "background_never_seen": {name: round(share / n, 3) for name, (share, n) in self._hidden.items()},
        }

    @property
    def warnings(self) -> list[str]:
        if max(self._scenes.unrest, default=0) > MOVES_FROM:
            return ["camera moves: background masks unreliable; use --method ultralytics or unet"]
        return []

    def masks(self, crops: Crops) -> Images:
        found = np.zeros(crops.rgb.shape[:3], np.uint8)
        side = crops.rgb.shape[1]
        for rows, scene in self._scenes.spans(crops.frame):
            indices = range(rows.start, rows.stop)
            views = [
                make_view(crops.rgb[i], scene.behind(crops.box[i], side), crops.size[i], crops.person[i])
                for i in indices
            ]
            odds = self._separate(crops.tracklet, views, crops.frame[rows])
            for index, view, result in zip(indices, views, odds, strict=True):
                found[index] = draw_mask(view, result, side)
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
