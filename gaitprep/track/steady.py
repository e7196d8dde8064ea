"""Boxes that misfit their own tracklet: the detector saw half a person, or a bush along with them, for a moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaitprep.track.tracklet import Tracklet

_AROUND = 12  # boxes before and after one that say where it should be: half a second of common video
_FEWEST = 9  # boxes from which a misfit can be told
_EDGE = 0.1  # of the height: how far top or bottom may lie off their way
_MIDDLE = 0.1  # of the height: how far the middle may
_WIDTH = 1.25  # times the width of a wide step


def steady(tracklet: Tracklet, pts: NDArray[np.float64], cut: NDArray[np.bool_]) -> Tracklet:
    """Puts boxes that misfit those around them where these say the person is.

    Top, bottom and middle of a walker move along lines for half a second, whatever the legs do, and no box is much
    wider than at a wide step. A box that departs from this, and of which the detector was less sure than of most, is
    interpolated from those that fit, or at the ends replaced by the lines' values, and scored 0 as interpolated boxes
    are. What lasts for half a window, or leads to something else, is taken for the truth.

    Args:
        tracklet: boxes of one person.
        pts: `[m]` presentation time of every frame of the video, s.
        cut: `[n]` whether the picture's border cuts the person; such boxes are small with reason, and stay.
    """
    if len(tracklet) < _FEWEST:
        return tracklet
    boxes = tracklet.boxes.astype(np.float64)
    left, top, right, bottom = boxes.T
    middle, width = (left + right) / 2, right - left
    window = _windows(len(tracklet))
    times = pts[tracklet.frames]
    ways = [_line(values, times, window) for values in (middle, top, bottom)]
    height = ways[2] - ways[1]
    # Perspective bends ways, which shows where a window reaches to one side only.
    lenient = 1 + np.abs(window.mean(axis=1) - np.arange(len(tracklet))) / _AROUND
    misfits = width > _WIDTH * lenient * np.quantile(width[window], 0.85, axis=1)
    for values, way, limit in zip((middle, top, bottom), ways, (_MIDDLE, _EDGE, _EDGE), strict=True):
        misfits |= np.abs(values - way) > limit * lenient * height
    misfits &= (tracklet.scores <= np.median(tracklet.scores)) & ~cut
    misfits = _moments(misfits, top, bottom)
    kept = np.flatnonzero(~misfits)
    if not len(kept):
        return tracklet
    half = np.median(width[window], axis=1) / 2
    boxes[misfits] = np.stack([ways[0] - half, ways[1], ways[0] + half, ways[2]], axis=1)[misfits]
    inside = slice(kept[0], kept[-1] + 1)
    boxes[inside] = np.stack([np.interp(times[inside], times[kept], side[kept]) for side in boxes.T], axis=1)
    scores = np.where(misfits, 0, tracklet.scores).astype(np.float32)
    return replace(tracklet, boxes=boxes.astype(np.float32), scores=scores)


def _moments(misfits: NDArray[np.bool_], top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`[n]`: the misfits that pass: short runs of them after which things are as they were before."""
    found = np.zeros_like(misfits)
    edges = np.flatnonzero(np.diff(misfits, prepend=False, append=False))
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start >= _AROUND:
            continue
        if start > 0 and end < len(misfits):
            before, after = start - 1, end
            change = max(abs(top[after] - top[before]), abs(bottom[after] - bottom[before]))
            if change > 2 * _EDGE * (bottom[before] - top[before]):
                continue
        found[start:end] = True
    return found


def _windows(count: int) -> NDArray[np.int64]:
    """`[count, k]`: the rows around each row, as many at the ends as in the middle."""
    length = min(2 * _AROUND + 1, count)
    first = np.clip(np.arange(count) - length // 2, 0, count - length)
    return first[:, None] + np.arange(length)


def _line(values: NDArray[np.float64], times: NDArray[np.float64], window: NDArray[np.int64]) -> NDArray[np.float64]:
    """`[n]`: where a line through most values of a window is at its row (incomplete method of Theil, 1950)."""
    near, when = values[window], times[window] - times[:, None]
    half = window.shape[1] // 2
    slopes = (near[:, -half:] - near[:, :half]) / (when[:, -half:] - when[:, :half])
    found: NDArray[np.float64] = np.median(near - np.median(slopes, axis=1, keepdims=True) * when, axis=1)
    return found
