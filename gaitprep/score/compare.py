"""True people and tracklets of one video side by side, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.score.people import TruePerson

_INSIDE = 0.5


@dataclass(frozen=True)
class FoundPerson:
    """A tracklet.

    Attributes:
        name: of the tracklet.
        frames: `[m]` int64, increasing.
        boxes: `[m, 4]` float32 xyxy around the person, source pixels.
        kept: whether it was chosen.
    """

    name: str
    frames: NDArray[np.int64]
    boxes: NDArray[np.float32]
    kept: bool


@dataclass(frozen=True)
class Comparison:
    """Who was there and who was found, in the form that tracking metrics take. Lists have an item for each frame.

    Attributes:
        people, tracklets: those that are compared, numbered in this order.
        true: `[k]` int64 numbers of the people who count in a frame.
        found: `[m]` int64 numbers of the tracklets with a box that counts.
        similarity: `[k, m]` float64 in [0, 1].
    """

    people: list[TruePerson]
    tracklets: list[FoundPerson]
    true: list[NDArray[np.int64]]
    found: list[NDArray[np.int64]]
    similarity: list[NDArray[np.float64]]

    def hits(self, overlap: float) -> NDArray[np.int64]:
        """`[people, tracklets]` frames in which a tracklet's box fits a person who counts."""
        hits = np.zeros((len(self.people), len(self.tracklets)), np.int64)
        for true, found, similarity in zip(self.true, self.found, self.similarity, strict=True):
            hits[np.ix_(true, found)] += similarity >= overlap
        return hits


def compare(people: Sequence[TruePerson], tracklets: Sequence[FoundPerson], overlap: float, frames: int) -> Comparison:
    """Puts tracklets beside people.

    A box fits a person as well as the better of two IoU: with the box of what is seen, and with that of the whole
    person, for detectors draw the one or the other where somebody is half hidden. A box that fits nobody who counts
    and lies mostly within somebody who does not (hidden, or hardly in the picture) is left aside, as crowds are in
    MOTChallenge.
    """
    rows = [{int(frame): row for row, frame in enumerate(found.frames)} for found in tracklets]
    result = Comparison(list(people), list(tracklets), [], [], [])
    for frame in range(frames):
        true = np.array([k for k, person in enumerate(people) if person.counted[frame]], np.int64)
        found = np.array([k for k, row in enumerate(rows) if frame in row], np.int64)
        drawn = _stack([tracklets[k].boxes[rows[k][frame]] for k in found])
        similarity = np.maximum(
            _iou(_stack([people[k].visible[frame] for k in true]), drawn),
            _iou(_stack([people[k].full[frame] for k in true]), drawn),
        )
        aside = _stack([person.full[frame] for person in people if not person.counted[frame]])
        fits = (similarity >= overlap).any(axis=0)
        counts = fits | ~(_inside(drawn, aside) > _INSIDE).any(axis=1)
        result.true.append(true)
        result.found.append(found[counts])
        result.similarity.append(similarity[:, counts])
    return result


def _stack(found: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(found) if found else np.zeros((0, 4), np.float32)


def _iou(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    from trackers.eval import box_iou

    return np.asarray(box_iou(one, other), np.float64)


def _inside(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    from trackers.eval import box_ioa

    return np.asarray(box_ioa(one, other), np.float64)
