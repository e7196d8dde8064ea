"""Two who meet: association by overlap may give each the other's tracklet, so that both seem to turn back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaitprep.track.boxes import row_iou
from gaitprep.track.motion import misfit
from gaitprep.track.tracklet import Tracklet, fill_gaps

_TOUCH = 0.05  # IoU; at the moment of meeting one of the two is often missed
_LONGEST = 1.5  # s; who are together for longer walk together
_FEWEST = 5  # boxes on either side that tell a direction
_MARGIN = 0.25  # body heights by which an exchange must fit better


def untangle(tracklets: list[Tracklet], pts: NDArray[np.float64]) -> list[Tracklet]:
    """Exchanges what follows a meeting of two tracklets where that fits their ways better.

    Args:
        tracklets: of one video.
        pts: `[m]` presentation time of every frame, s.

    Returns:
        as many tracklets, of the same names.
    """
    people = list(tracklets)
    holder = list(range(len(people)))  # who has what was tracklet k when it was tracked
    for start, end, i, j in sorted(_meetings(people, pts)):
        a, b = holder[i], holder[j]
        one, other = people[a], people[b]
        before = [person.rows(person.frames < start) for person in (one, other)]
        after = [person.rows(person.frames > end) for person in (one, other)]
        if min(len(part) for part in (*before, *after)) < _FEWEST:
            continue
        kept = sum(misfit(before[k], after[k], pts) for k in (0, 1))
        exchanged = sum(misfit(before[k], after[1 - k], pts) for k in (0, 1))
        if exchanged < kept - _MARGIN:
            middle = (start + end) / 2
            people[a], people[b] = _exchange(one, other, middle), _exchange(other, one, middle)
            holder[i], holder[j] = b, a
    return people


def _meetings(tracklets: list[Tracklet], pts: NDArray[np.float64]) -> Iterator[tuple[int, int, int, int]]:
    """First and last frame of every short meeting, and who meets."""
    full = [fill_gaps(tracklet, pts) for tracklet in tracklets]
    firsts = np.array([tracklet.first for tracklet in full])
    lasts = np.array([tracklet.last for tracklet in full])
    for i, one in enumerate(full):
        together = (firsts <= one.last) & (lasts >= one.first)
        for j in np.flatnonzero(together[i + 1 :]) + i + 1:
            start, end = max(one.first, firsts[j]), min(one.last, lasts[j])
            boxes = [t.boxes[start - t.first : end + 1 - t.first] for t in (one, full[j])]
            touching = start + np.flatnonzero(row_iou(*boxes) >= _TOUCH)
            for run in np.split(touching, np.flatnonzero(np.diff(pts[touching]) > _LONGEST / 3) + 1):
                if len(run) and pts[run[-1]] - pts[run[0]] <= _LONGEST:
                    yield int(run[0]), int(run[-1]), i, int(j)


def _exchange(head: Tracklet, tail: Tracklet, middle: float) -> Tracklet:
    """`head` up to the frame `middle`, then `tail`."""
    parts = head.rows(head.frames <= middle), tail.rows(tail.frames > middle)
    return replace(
        head,
        frames=np.concatenate([part.frames for part in parts]),
        boxes=np.concatenate([part.boxes for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
    )
