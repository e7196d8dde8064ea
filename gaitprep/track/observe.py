"""The first look at a video: who is where, frame by frame. Keeps boxes only, whatever the video's length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaitprep.track.associate import Associator
from gaitprep.track.config import TrackConfig
from gaitprep.track.detect import Detector
from gaitprep.track.readable import ReadableFrames
from gaitprep.track.tracklet import Tracklet
from gaitprep.video import Frame


@dataclass(frozen=True)
class Observation:
    """What was seen in a video.

    Attributes:
        width, height: size of its frames, pixels.
        pts: `[m]` float64 presentation time of every frame that could be read, s.
        persons: `[m]` int32 people in each frame (detections that could begin a tracklet).
        tracklets: in order of appearance.
        damage: what could not be read, None for a whole video.
    """

    width: int
    height: int
    pts: NDArray[np.float64]
    persons: NDArray[np.int32]
    tracklets: list[Tracklet]
    damage: str | None


def observe(path: Path, fps: float, detector: Detector, config: TrackConfig) -> Observation:
    """Decodes, detects and associates.

    Raises:
        VideoError: there is not one frame to read.
    """
    frames = ReadableFrames(path, config)
    associator = Associator(fps, config)
    pts: list[float] = []
    persons: list[int] = []
    width = height = 0
    for batch in _batches(frames, detector):
        height, width, _ = batch[0].image.shape
        found = detector.detect([frame.image for frame in batch])
        for frame, detections in zip(batch, found, strict=True):
            associator.update(frame.index, frame.pts, detections)
            pts.append(frame.pts)
            persons.append(int((detections[:, 4] >= config.score_start).sum()))
    return Observation(width, height, np.array(pts), np.array(persons, np.int32), associator.tracklets(), frames.damage)


def _batches(frames: Iterable[Frame], detector: Detector) -> Iterator[list[Frame]]:
    batch: list[Frame] = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == detector.batch_size(frame.image.shape[1], frame.image.shape[0]):
            yield batch
            batch = []
    if batch:
        yield batch
