"""Skirts and coat tails: they hang from the body, and neither legs nor hands come through."""

import numpy as np
import pytest

from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.drape import Drape
from gaitprep.synth.people import Person, person

WALKS = [("indoor", "001", "cl-01"), ("indoor", "003", "cl-01"), ("indoor", "014", "nm-01"), ("outdoor", "008", "4")]


@pytest.fixture(scope="module", params=WALKS, ids="-".join)
def walker(request: pytest.FixtureRequest) -> Person:
    """Somebody in a coat or a skirt, over a whole cycle."""
    return person(1, *request.param, 30)


def _depth(drape: Drape, hung: np.ndarray, points: np.ndarray, root: np.ndarray) -> np.ndarray:
    """How far inside the cloth `[r * k, 3]` each point is, metres; NaN above and below it."""
    axis = [0.0, drape.centre, 0.0]
    rows, count = drape.ease.shape
    cloth = ((hung - root[:, 3]) @ root[:, :3] - axis).reshape(rows, count, 3)
    inside = (points - root[:, 3]) @ root[:, :3] - axis
    radii = np.linalg.norm(cloth[..., :2], axis=2)
    place = np.mod(np.arctan2(inside[:, 1], inside[:, 0]), 2 * np.pi) / (2 * np.pi) * count
    low, share = place.astype(int) % count, place - np.floor(place)
    around = (1 - share) * radii[:, low] + share * radii[:, (low + 1) % count]
    level = np.interp(-inside[:, 2], -drape.levels, np.arange(rows), left=np.nan, right=np.nan)
    at = np.nan_to_num(level).astype(int)
    upper, lower = around[at, np.arange(len(at))], around[np.minimum(at + 1, rows - 1), np.arange(len(at))]
    radius = upper + (lower - upper) * (level - at)
    return np.asarray(radius - np.linalg.norm(inside[:, :2], axis=1))


def _split(walker: Person, frame: int) -> tuple[Drape, np.ndarray, np.ndarray]:
    vertices = walker.vertices(frame)
    drape = walker.attire.drapes[0]
    return drape, vertices[: len(places())], vertices[len(walker.attire.rest) :]


def test_legs_stay_inside(walker: Person) -> None:
    below = np.flatnonzero((places()[:, 3] == OFF_ARM) & (places()[:, 2] < 0.05))
    for frame in range(0, 30, 3):
        drape, body, hung = _split(walker, frame)
        depth = _depth(drape, hung, body[below], walker.transforms[frame, 0])
        covered = np.isfinite(depth)
        assert covered.sum() > 80
        assert (depth[covered] < -0.004).mean() < 0.01
        assert depth[covered].min() > -0.02


def test_hands_stay_outside(walker: Person) -> None:
    hands = np.flatnonzero(places()[:, 3] > 1.0)
    depths = []
    for frame in range(0, 30, 2):
        drape, body, hung = _split(walker, frame)
        depth = _depth(drape, hung, body[hands], walker.transforms[frame, 0])
        depths.append(depth[np.isfinite(depth)])
    deep = np.concatenate(depths)
    assert (deep > 0.01).mean() < 0.05


def test_cloth_hangs_near_the_body_and_swings_with_the_legs(walker: Person) -> None:
    hems = []
    for frame in range(30):
        drape, body, hung = _split(walker, frame)
        root = walker.transforms[frame, 0]
        hems.append((hung[-drape.ease.shape[1] :] - root[:, 3]) @ root[:, :3])
        nearest = np.min(np.linalg.norm(hung[:, None] - body[drape.members][None, ::3], axis=2), axis=1)
        assert nearest.max() < 0.35
    moved = np.ptp(np.array(hems), axis=0)
    assert 0.02 < moved.max() < 0.5
    steps = np.linalg.norm(np.diff(np.array(hems), axis=0), axis=2)
    assert steps.max() < 0.12
