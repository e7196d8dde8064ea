"""A decoded picture and the clock that says when it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a video.

    Attributes:
        index: running number among the frames that could be read, from 0.
        pts: presentation time in the container's own time, s; strictly increasing (see `Clock`).
        image: `[h, w, 3]` uint8 RGB, upright as the container says it is to be shown.
    """

    index: int
    pts: float
    image: NDArray[np.uint8]


class Clock:
    """Makes presentation times strictly increasing.

    A time that is missing, not finite, or not later than the one before is replaced by the one before plus a nominal
    frame period; a missing first time is the start of the stream.

    Args:
        start: presentation time at which the stream begins, s.
        fps: nominal frame rate, 1/s.
    """

    def __init__(self, start: float, fps: float) -> None:
        self._period = 1.0 / fps
        self._last = start - self._period
        self._begun = False

    @property
    def last(self) -> float:
        """The time given last, s."""
        return self._last

    def tick(self, pts: float | None) -> float:
        """The time of the next frame, whose container time is `pts`."""
        if pts is None or not math.isfinite(pts) or (self._begun and pts <= self._last):
            pts = self._last + self._period
        self._last, self._begun = pts, True
        return pts
