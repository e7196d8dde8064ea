"""What a tracklet was before it was sure: one begins at a good detection, but people may come out of haze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from gaitprep.track.tracklet import Tracklet

_FITS = 0.4  # IoU with where the person should have been
_SAME = 0.5  # IoU with a detection that somebody has already: it is theirs, seen twice
_SPEED_ROWS = 8
_UNSEEN_SECONDS = 0.2

Detections = NDArray[np.float32]


def reach_back(
    tracklets: Sequence[Tracklet], spare: Mapping[int, Detections], pts: NDArray[np.float64]
) -> list[Tracklet]:
    """Puts weak detections that lead up to a tracklet in front of it.

    From its first box a tracklet is carried on backwards at the speed of its first boxes, from one detection to the
    one before. Frames between may be without one for a fifth of a second: a weak detection is no reason to believe in
    a longer way.

    Args:
        tracklets: of one video; those that begin earlier take their detections first.
        spare: by frame, `[k, 5]` detections that no tracklet has (xyxy in source pixels, score).
        pts: `[m]` presentation time of every frame, s.
    """
    free = _without_doubles(tracklets, spare)
    return [_reach_back(tracklet, free, pts) for tracklet in tracklets]


def _without_doubles(tracklets: Sequence[Tracklet], spare: Mapping[int, Detections]) -> dict[int, Detections]:
    taken: dict[int, list[NDArray[np.float32]]] = {frame: [] for frame in spare}
    for tracklet in tracklets:
        for frame, box in zip(tracklet.frames.tolist(), tracklet.boxes, strict=True):
            if frame in taken:
                taken[frame].append(box)
    free = {}
    for frame, detections in spare.items():
        if taken[frame]:
            detections = detections[(sv.box_iou_batch(detections[:, :4], np.stack(taken[frame])) < _SAME).all(axis=1)]
        if len(detections):
            free[frame] = detections
    return free


def _reach_back(tracklet: Tracklet, free: dict[int, Detections], pts: NDArray[np.float64]) -> Tracklet:
    rows = min(len(tracklet), _SPEED_ROWS) - 1
    speed = (tracklet.boxes[rows] - tracklet.boxes[0]) / (pts[tracklet.frames[rows]] - pts[tracklet.first])
    box, since, found = tracklet.boxes[0], pts[tracklet.first], []
    for frame in range(tracklet.first - 1, -1, -1):
        if since - pts[frame] > _UNSEEN_SECONDS:
            break
        if frame not in free:
            continue
        expected = box - speed * (since - pts[frame])
        fit = sv.box_iou_batch(expected[None], free[frame][:, :4])[0]
        best = int(fit.argmax())
        if fit[best] < _FITS:
            continue
        found.append((frame, free[frame][best]))
        box, since = free[frame][best, :4], pts[frame]
        free[frame] = np.delete(free[frame], best, axis=0)
        if not len(free[frame]):
            del free[frame]
    if not found:
        return tracklet
    frames, detections = zip(*reversed(found), strict=True)
    added = np.stack(detections)
    return replace(
        tracklet,
        frames=np.concatenate([np.array(frames, np.int64), tracklet.frames]),
        boxes=np.concatenate([added[:, :4], tracklet.boxes]),
        scores=np.concatenate([added[:, 4], tracklet.scores]),
    )
