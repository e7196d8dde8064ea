"""The second look at a video: crops of the chosen tracklets, frame by frame into the work file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gaitprep.track.config import TrackConfig
from gaitprep.track.crop import SIZE, crop_boxes, cut, ratios
from gaitprep.track.observe import Observation
from gaitprep.track.tracklet import Tracklet, fill_gaps
from gaitprep.video import Frame
from gaitprep.work.file import TrackletWriter, WorkWriter

_ROWS = 32  # crops that are held back, so that each write is a big one


class CropWriter:
    """Writes one tracklet: boxes at once, crops as their frames come.

    Args:
        writer: the work file.
        tracklet: with or without gaps.
        seen: the video that it is from.
        config: margin.
    """

    def __init__(self, writer: WorkWriter, tracklet: Tracklet, seen: Observation, config: TrackConfig) -> None:
        full = fill_gaps(tracklet, seen.pts)
        self.first, self.last = full.first, full.last
        self._boxes = crop_boxes(full.boxes, config.margin, seen.width, seen.height)
        self._rows = np.empty((min(_ROWS, len(full)), SIZE, SIZE, 3), np.uint8)
        self._held = self._written = 0
        group = writer.tracklet(
            full.name,
            len(full),
            {
                "parts": list(full.parts),
                "detected": int((full.scores > 0).sum()),
                "interpolated": int((full.scores == 0).sum()),
            },
        )
        self._rgb = self._write_boxes(group, full, seen)

    def _write_boxes(self, group: TrackletWriter, full: Tracklet, seen: Observation) -> Any:
        group.write("box", self._boxes)
        group.write("detection", full.boxes)
        group.write("ratio", ratios(self._boxes))
        group.write("score", full.scores)
        group.write("frame", full.frames)
        group.write("pts", seen.pts[full.frames])
        return group.dataset("rgb", (SIZE, SIZE, 3), "u1")

    def take(self, frame: Frame) -> None:
        """Cuts its person out of the next frame; frames before and after the tracklet do not concern it."""
        if not self.first <= frame.index <= self.last:
            return
        self._rows[self._held] = cut(frame.image, self._boxes[self._written + self._held])
        self._held += 1
        if self._held == len(self._rows) or frame.index == self.last:
            self._rgb[self._written : self._written + self._held] = self._rows[: self._held]
            self._written += self._held
            self._held = 0


def write_crops(
    writer: WorkWriter, tracklets: list[Tracklet], frames: Iterable[Frame], seen: Observation, config: TrackConfig
) -> int:
    """Writes all tracklets; reads no frame beyond the last that is needed.

    Returns:
        the number of crops.
    """
    crops = [CropWriter(writer, tracklet, seen, config) for tracklet in tracklets]
    end = max((crop.last for crop in crops), default=-1)
    for frame in frames:
        for crop in crops:
            crop.take(frame)
        if frame.index >= end:
            break
    return sum(crop.last - crop.first + 1 for crop in crops)
