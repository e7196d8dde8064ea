"""The true people of a video as boxes, and in which frames a tracker must find them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.score.config import ScoreConfig
from gaitprep.truth.file import Truth, boxes


@dataclass(frozen=True)
class TruePerson:
    """One person through a video of `n` frames.

    Attributes:
        name: the identity.
        visible: `[n, 4]` boxes xyxy of what is seen, pixels; zeros where nothing is.
        full: `[n, 4]` the same of the person as if alone.
        counted: `[n]` bool, whether a tracker must find the person; elsewhere finding and missing are both right.
    """

    name: str
    visible: NDArray[np.float32]
    full: NDArray[np.float32]
    counted: NDArray[np.bool_]


def true_people(truth: Truth, config: ScoreConfig) -> list[TruePerson]:
    """Everybody in a truth file.

    A person counts in a frame when the pelvis is inside the picture, enough of the body's pixels are not hidden, and
    the seen part is high enough. Who is on the way into the picture, or behind a pillar, does not.
    """
    return [_person(truth, name, config) for name in truth.people]


def _person(truth: Truth, name: str, config: ScoreConfig) -> TruePerson:
    size = np.array([truth.about["width"], truth.about["height"]], np.float64)
    pelvis = _project(truth.camera, truth.position(name))
    seen, whole, visible = [], [], []
    for mask, full in _masks(truth, name):
        seen.append(int(mask.sum()))
        whole.append(int(full.sum()))
        visible.append(boxes(mask[None])[0])
    found = np.stack(visible)
    share = np.array(seen) / np.maximum(whole, 1)
    tall = found[:, 3] - found[:, 1] >= config.least_height
    inside = np.all((pelvis >= 0) & (pelvis <= size), axis=1)
    counted = (np.array(seen) > 0) & (share >= config.least_seen) & tall & inside
    return TruePerson(name, found, truth.box(name), counted)


def _masks(truth: Truth, name: str) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    for frame in range(len(truth)):
        yield truth.mask(name, frame), truth.mask(name, frame, full=True)


def _project(camera: NDArray[np.float64], position: NDArray[np.float32]) -> NDArray[np.float64]:
    """`[n, 2]` pixels of positions `[n, 3]` in metres by matrices `[n, 3, 4]`; outside of any picture behind them."""
    points = np.concatenate([position, np.ones((len(position), 1))], axis=1)
    place = np.einsum("nij,nj->ni", camera, points)
    ahead = place[:, 2:] > 0
    return np.asarray(np.where(ahead, place[:, :2] / np.where(ahead, place[:, 2:], 1), -1.0))
