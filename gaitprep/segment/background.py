"""Masks where the camera stands still: what differs from the median background is body, shadows apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.difference import body_mask
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter
from gaitprep.segment.median import Background, masked_median
from gaitprep.segment.samples import Samples, sample_windows

_SAMPLES = 40
_WINDOW = 1500  # frames, a minute: light and parked cars change more slowly
_MOVING_SPREAD = 9.0  # grey levels by which a still background differs from frame to frame at the very most
_UNSEEN_SHARE = 0.35


class BackgroundSegmenter(Segmenter):
    """Median background, difference, shadows, clean edges."""

    def prepare(self, video: Video) -> AbstractContextManager[VideoSegmenter]:
        """See `Segmenter`."""
        return closing(_OneVideo(video))


class _OneVideo(VideoSegmenter):
    def __init__(self, video: Video) -> None:
        self._windows: Iterator[Samples] = sample_windows(video, _SAMPLES, _WINDOW)
        self._samples: Samples | None = None
        self._background: Background | None = None
        self._spreads: list[float] = []
        self._unseen: list[float] = []

    def close(self) -> None:
        """Ends the reading of the video."""
        close = getattr(self._windows, "close", None)
        if close is not None:
            close()

    @property
    def details(self) -> Mapping[str, Any]:
        return {
            "backgrounds": len(self._spreads),
            "spread": [round(spread, 2) for spread in self._spreads],
            "unseen": [round(share, 3) for share in self._unseen],
        }

    @property
    def warnings(self) -> list[str]:
        found = []
        if self._spreads and max(self._spreads) > _MOVING_SPREAD:
            found.append(
                f"the camera seems to move (the background differs by {max(self._spreads):.0f} grey levels): "
                "masks from the background are unreliable; use --method ultralytics or unet"
            )
        if self._unseen and max(self._unseen) > _UNSEEN_SHARE:
            found.append(
                f"{100 * max(self._unseen):.0f} % of the background about the people was never seen without them: "
                "masks of people who hardly move are unreliable"
            )
        return found

    def masks(self, crops: Crops) -> Images:
        found = np.zeros(crops.rgb.shape[:3], np.uint8)
        for index, frame in enumerate(crops.frame.tolist()):
            self._go_to(frame)
            if self._background is not None and self._samples is not None:
                colour, spread = self._behind(self._samples, self._background, crops.box[index], crops.rgb.shape[1])
                found[index] = body_mask(crops.rgb[index], colour, spread, crops.person[index])
        return found

    def _go_to(self, frame: int) -> None:
        while self._samples is None or frame >= self._samples.last:
            samples = next(self._windows, None)
            if samples is None:
                return  # beyond the last window: its background is the nearest
            self._samples = samples
            self._background = masked_median(samples.images, samples.people)
            seen = self._background.seen
            self._spreads.append(float(np.median(self._background.spread[seen])) if seen.any() else 0.0)
            self._unseen.append(float(1 - seen.mean()))

    @staticmethod
    def _behind(
        samples: Samples, background: Background, box: NDArray[np.float32], side: int
    ) -> tuple[Images, NDArray[np.float32]]:
        """The background of a crop, squeezed as the crop is: colour `[side, side, 3]`, spread `[side, side]`."""
        height, width = background.spread.shape
        across, down = samples.scale
        left, right = ((box[[0, 2]] - samples.left) * across).round().astype(int)
        top, bottom = ((box[[1, 3]] - samples.top) * down).round().astype(int)
        left, top = int(np.clip(left, 0, width - 1)), int(np.clip(top, 0, height - 1))
        right, bottom = int(np.clip(right, left + 1, width)), int(np.clip(bottom, top + 1, height))
        colour = background.colour[top:bottom, left:right]
        shrinks = colour.shape[0] * colour.shape[1] > side * side
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR  # as the crop was cut
        spread = background.spread[top:bottom, left:right]
        return (
            np.asarray(cv2.resize(colour, (side, side), interpolation=how), np.uint8),
            np.asarray(cv2.resize(spread, (side, side), interpolation=how), np.float32),
        )
