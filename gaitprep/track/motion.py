"""How far a person moves, and whether one tracklet goes on where another ended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.track.boxes import share_inside
from gaitprep.track.tracklet import Tracklet

_SPEED_SECONDS = 0.5
_TURN_HEIGHTS = 1.0
_HEIGHT_FACTOR = 1.5
SPLIT_SECONDS = 0.4
"""How long two boxes of one person may overlap: so long a stride takes to pass the edge of a pillar, s."""
WOVEN_SECONDS = 1.0
"""How long two tracklets may take turns at one person, s."""
_PART = 0.8


def travel(tracklet: Tracklet, width: int) -> float:
    """The way that a person covers, in body heights, seen from a still camera.

    Across the picture it is the range of the box's middle; along the line of sight it follows from the change of
    height: for a camera whose focal length is about the picture's width, a body of h pixels stands width / h heights
    away. Ranges run from the 5th to the 95th percentile, so that a few bad boxes do not make a walker.

    Args:
        tracklet: boxes.
        width: of the picture, pixels.
    """
    middle = (tracklet.boxes[:, 0] + tracklet.boxes[:, 2]) / 2
    heights = np.maximum(tracklet.boxes[:, 3] - tracklet.boxes[:, 1], 1.0)
    across = _range(middle) / tracklet.height
    along = _range(np.log(heights)) * width / tracklet.height
    return float(np.hypot(across, along))


def _range(values: NDArray[np.floating]) -> float:
    low, high = np.percentile(values, (5, 95))
    return float(high - low)


def continues(before: Tracklet, after: Tracklet, pts: NDArray[np.float64], seconds: float) -> float | None:
    """How badly `after` fits as the continuation of `before`, in body heights; None when it cannot be one.

    Both ends are carried on at their own speed to the middle of the gap. They must meet there within half a body
    height, plus what a walker can turn during the gap (one height per second), and be of like height. They may overlap
    for a moment: a narrow pillar parts a body into two boxes before it hides all of the first. A change of speed fits
    badly: of two who pass behind a pillar, the one who comes out is rarely the one who has just gone in on that side.
    They may take turns for longer if the few boxes that they have in the same frames lie one within the other: then
    they are a body and a part of it.

    Args:
        before, after: tracklets of which the first begins and ends earlier.
        pts: `[m]` presentation time of every frame, s.
        seconds: longest gap, s.
    """
    gap = float(pts[after.first] - pts[before.last])
    if not -WOVEN_SECONDS <= gap <= seconds or before.first >= after.first or before.last >= after.last:
        return None
    if gap < -SPLIT_SECONDS:
        return 0.0 if _take_turns(before, after, pts) else None
    distance, turn, height_ratio = _misfit(before, after, pts)
    if height_ratio > _HEIGHT_FACTOR or distance > 0.5 + _TURN_HEIGHTS * max(gap, 0):
        return None
    return distance + turn


def _take_turns(before: Tracklet, after: Tracklet, pts: NDArray[np.float64]) -> bool:
    """Whether boxes in the same frames are few and lie one within the other."""
    frames, mine, theirs = np.intersect1d(before.frames, after.frames, return_indices=True)
    share = len(frames) / (before.last - after.first + 1)
    together = share * (pts[before.last] - pts[after.first])
    inside = share_inside(before.boxes[mine], after.boxes[theirs])
    return bool(together <= SPLIT_SECONDS and (inside >= _PART).all())


def misfit(before: Tracklet, after: Tracklet, pts: NDArray[np.float64]) -> float:
    """How badly `after` goes on as `before` did, in body heights: how far apart they meet, and the change of speed."""
    distance, turn, _ = _misfit(before, after, pts)
    return distance + turn


def _misfit(before: Tracklet, after: Tracklet, pts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Distance in the middle of the gap and change of way in half a second, in body heights; ratio of heights."""
    middle = float(pts[before.last] + pts[after.first]) / 2
    end, end_speed, end_height = _carry(before, pts, middle, from_end=True)
    start, start_speed, start_height = _carry(after, pts, middle, from_end=False)
    height = max(np.sqrt(end_height * start_height), 1.0)
    ratio = max(end_height, start_height) / max(min(end_height, start_height), 1.0)
    turn = _SPEED_SECONDS * float(np.hypot(*(end_speed - start_speed)))
    return float(np.hypot(*(end - start))) / height, turn / height, ratio


def _carry(
    tracklet: Tracklet, pts: NDArray[np.float64], time: float, *, from_end: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Centre `[2]` of a tracklet at `time`, by its speed over the half second at one end, this speed, its height."""
    times = pts[tracklet.frames]
    near = np.abs(times - times[-1 if from_end else 0]) <= _SPEED_SECONDS
    boxes, times = tracklet.boxes[near].astype(np.float64), times[near]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    if len(times) < 3:
        return centres[-1 if from_end else 0], np.zeros(2), height
    lines = np.polyfit(times - time, centres, 1)  # value at `time` is the constant term
    return lines[1], lines[0], height
