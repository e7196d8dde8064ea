"""The boxes of one person through one video."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Tracklet:
    """Boxes of one identity. Frames in which the detector missed it may be absent.

    Attributes:
        name: number among all tracklets of the video in order of appearance, `0001`, …
        frames: `[n]` int64, increasing.
        boxes: `[n, 4]` float32 xyxy, source pixels.
        scores: `[n]` float32 in [0, 1]; 0 marks an interpolated box.
        parts: names of the tracklets that it was joined from, itself first.
    """

    name: str
    frames: NDArray[np.int64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    parts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)

    def rows(self, which: NDArray[np.bool_]) -> Tracklet:
        """The same tracklet with some of its rows, `which` `[n]`."""
        return replace(self, frames=self.frames[which], boxes=self.boxes[which], scores=self.scores[which])

    @property
    def first(self) -> int:
        """Its first frame."""
        return int(self.frames[0])

    @property
    def last(self) -> int:
        """Its last frame."""
        return int(self.frames[-1])

    @property
    def height(self) -> float:
        """Median height of its boxes, pixels."""
        return float(np.median(self.boxes[:, 3] - self.boxes[:, 1]))


def join(pieces: list[Tracklet]) -> Tracklet:
    """One tracklet out of pieces; it has the name of the first.

    Where two pieces have a box in the same frame, these are parts of one person (see `continues`): the box around both
    is taken, with the higher score.
    """
    pieces = sorted(pieces, key=lambda piece: piece.first)
    frames, rows = np.unique(np.concatenate([piece.frames for piece in pieces]), return_inverse=True)
    boxes = np.tile(np.array([np.inf, np.inf, -np.inf, -np.inf], np.float32), (len(frames), 1))
    values = np.concatenate([piece.boxes for piece in pieces])
    np.minimum.at(boxes[:, :2], rows, values[:, :2])
    np.maximum.at(boxes[:, 2:], rows, values[:, 2:])
    scores = np.zeros(len(frames), np.float32)
    np.maximum.at(scores, rows, np.concatenate([piece.scores for piece in pieces]))
    return Tracklet(pieces[0].name, frames, boxes, scores, tuple(piece.name for piece in pieces))


def fill_gaps(tracklet: Tracklet, pts: NDArray[np.float64]) -> Tracklet:
    """The same tracklet with a row for every frame from its first to its last.

    Boxes of missing frames are interpolated linearly in time and have the score 0.

    Args:
        tracklet: with or without gaps.
        pts: `[m]` presentation time of every frame of the video, s.
    """
    frames = np.arange(tracklet.first, tracklet.last + 1, dtype=np.int64)
    times, known = pts[frames], pts[tracklet.frames]
    boxes = np.stack([np.interp(times, known, tracklet.boxes[:, side]) for side in range(4)], axis=1)
    scores = np.zeros(len(frames), np.float32)
    rows = tracklet.frames - tracklet.first
    scores[rows] = tracklet.scores
    boxes[rows] = tracklet.boxes
    return Tracklet(tracklet.name, frames, boxes.astype(np.float32), scores, tracklet.parts)
