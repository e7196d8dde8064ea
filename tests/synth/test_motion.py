"""Walks: feet that stand, knees that bend forwards, arms that swing with the opposite leg."""

from functools import lru_cache

import numpy as np
import pytest

from gaitprep.synth.body import Body
from gaitprep.synth.gait import Gait
from gaitprep.synth.motion import Walker, _fit_below
from gaitprep.synth.phenotype import Phenotype

PEOPLE = ["001", "002", "003", "004", "005", "006"]
FRAMES = 60


@lru_cache
def _walker(name: str) -> Walker:
    body = Body.of(Phenotype.draw(9, "indoor", name))
    return Walker(body, Gait.draw(9, "indoor", name), body.rest)


@lru_cache
def _cycle(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Phases, vertices and joints of one and a half cycles, about 40 frames a second."""
    walker = _walker(name)
    walk = walker.walk(np.linspace(0, 1.5 * walker.gait.cycle, FRAMES))
    transforms = walker.body.transforms(walk.rotations, walk.origin)
    joints = np.einsum("nbij,bj->nbi", transforms[..., :3], walker.body.heads) + transforms[..., 3]
    return walk.phase, np.stack([walker.body.skin(pose) for pose in transforms]), joints


@pytest.mark.parametrize("name", PEOPLE)
def test_the_lowest_point_is_on_the_ground(name: str) -> None:
    _, vertices, _ = _cycle(name)
    assert np.abs(vertices[:, :, 2].min(axis=1)).max() < 0.0005


@pytest.mark.parametrize("name", PEOPLE)
def test_standing_feet_do_not_slide(name: str) -> None:
    phase, vertices, _ = _cycle(name)
    left = vertices[0, :, 0] > 0.0
    slips, rolls = [], []
    for now in range(FRAMES - 1):
        if 0.11 < phase[now] < phase[now + 1] < 0.35:
            sole = left & (vertices[now, :, 2] < 0.003)
            slips.append(np.linalg.norm(vertices[now + 1, sole] - vertices[now, sole], axis=1).max())
        contact = vertices[now, :, 2].argmin()
        if vertices[now + 1, contact, 2] < 0.001:
            rolls.append(np.linalg.norm(vertices[now + 1, contact] - vertices[now, contact]))
    assert len(slips) > 5
    assert max(slips) < 0.001
    assert np.percentile(rolls, 95) < 0.003
    assert max(rolls) < 0.008


@pytest.mark.parametrize("name", PEOPLE)
def test_walkers_move_forwards_at_their_speed(name: str) -> None:
    walker = _walker(name)
    _, _, joints = _cycle(name)
    way = joints[-1, 0] - joints[0, 0]
    assert way[1] == pytest.approx(-1.5 * walker.stride, abs=1e-6)
    assert 0.75 < walker.speed < 1.8
    assert np.ptp(joints[:, 0, 2]) < 0.09


@pytest.mark.parametrize("name", PEOPLE)
def test_knees_bend_like_knees(name: str) -> None:
    walker = _walker(name)
    rotations = walker.walk(np.linspace(0, walker.gait.cycle, 50)).rotations
    for end in (".L", ".R"):
        turn = rotations["lowerleg01" + end]
        flexion = np.degrees(np.arctan2(turn[:, 2, 1], turn[:, 1, 1]))
        assert flexion.min() > 0
        assert 45 < flexion.max() < 80


def test_a_walk_repeats_after_a_cycle() -> None:
    walker = _walker("001")
    walk = walker.walk(np.array([0.1, 0.1 + walker.gait.cycle]))
    for name, rotation in walk.rotations.items():
        if rotation.ndim == 3:
            np.testing.assert_allclose(rotation[0], rotation[1], atol=1e-9, err_msg=name)
    np.testing.assert_allclose(walk.origin[0, [0, 2]], walk.origin[1, [0, 2]], atol=1e-9)


def test_arms_hang_and_swing_with_the_opposite_leg() -> None:
    walker = _walker("002")
    phase, _, joints = _cycle("002")
    body = walker.body
    hand, shoulder, foot = (body.bone(name) for name in ("wrist.L", "upperarm01.L", "foot.L"))
    arm = joints[:, hand] - joints[:, shoulder]
    leg = joints[:, foot, 1] - joints[:, 0, 1]
    assert np.corrcoef(arm[:, 1], leg)[0, 1] < -0.7
    resting = np.abs(phase - 0.25) < 0.03
    assert (arm[resting, 2] < -0.8 * np.linalg.norm(arm[resting], axis=1)).all()


def test_the_height_that_fits_best_below_a_limit() -> None:
    """Better than whatever lies near it and keeps the limit, which binds."""
    random = np.random.default_rng(5)
    angle = 2 * np.pi * random.random(80)
    basis = np.stack([np.ones(80), np.cos(angle), np.sin(angle)], axis=1)
    target = basis @ [0.9, 0.02, -0.01] + 0.004 * random.standard_normal(80)
    limit, counts = target + 0.003 * random.standard_normal(80), random.random(80) < 0.7
    found = _fit_below(basis, target, limit, counts)
    best = np.sum((basis[counts] @ found - target[counts]) ** 2)
    assert -1e-5 < np.max(basis @ found - limit) < 2e-6
    for size in (1e-4, 1e-3, 1e-2):
        others = found + size * random.standard_normal((400, 3))
        others[:, 0] -= np.maximum(0.0, np.max(others @ basis.T - limit, axis=1))
        assert (np.sum((others @ basis[counts].T - target[counts]) ** 2, axis=1) > best - 1e-6).all()
