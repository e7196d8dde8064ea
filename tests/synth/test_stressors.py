"""Stressors: each changes what its name says, and the truth keeps up."""

import numpy as np
import pytest

from gaitprep.synth.passers import crosser, passers, way
from gaitprep.synth.people import Person, person
from gaitprep.synth.plan import Take
from gaitprep.synth.stressors import exposures, frame_times, pillar, shaken
from gaitprep.synth.worlds import WORLDS

FRAMES = 72


def _take(view: str = "090", *stressors: str, world: str = "indoor", passers: int = 0) -> Take:
    condition = "nm-01" if world == "indoor" else "1"
    return Take(world, 1, "001", condition, view, FRAMES, passers, tuple(stressors))


@pytest.fixture(scope="module")
def walker() -> Person:
    return person(1, "indoor", "001", "nm-01", FRAMES)


def _even() -> np.ndarray:
    return np.arange(FRAMES) / 25


def test_times_are_even_unless_asked_otherwise() -> None:
    np.testing.assert_allclose(frame_times(_take()), _even(), atol=1e-5)
    uneven = frame_times(_take("090", "variable-rate"))
    gaps = np.diff(uneven)
    assert gaps.min() > 0.01
    assert gaps.max() > 2 * gaps.min()
    assert uneven[-1] == pytest.approx(_even()[-1], abs=1e-4)
    np.testing.assert_allclose(uneven * 90_000, np.round(uneven * 90_000), atol=1e-6)


def test_cameras_shake_by_pixels_and_within_the_margin() -> None:
    camera = WORLDS["indoor"].cameras["090"]
    middle = np.array([[0.0, 0.0, 1.0]])
    places = np.array([each.project(middle)[0, :2] for each in shaken(_take(), camera, _even())])
    assert 1.0 < np.ptp(places, axis=0).max() < 30
    assert len(np.unique(places[:, 0])) == FRAMES


def test_exposure_flickers_round_normal() -> None:
    levels = exposures(_take(), _even())
    assert levels.std() > 0.08
    assert 0.3 < levels.min() < levels.max() < 2.2


@pytest.mark.parametrize("view", ["036", "072", "090", "126"])
def test_a_pillar_stands_between_camera_and_walker(view: str, walker: Person) -> None:
    camera, route = WORLDS["indoor"].cameras[view], way(walker)
    post = pillar(_take(view), camera, route)
    columns = camera.project(post.vertices)
    left, right = columns[:, 0].min(), columns[:, 0].max()
    walked = camera.project(route)
    behind = (walked[:, 0] > left) & (walked[:, 0] < right) & (walked[:, 2] < columns[:, 2].min())
    assert 0.05 < behind.mean() < 0.6
    middle = post.vertices[:, :2].mean(axis=0)
    assert np.linalg.norm(route[:, :2] - middle, axis=1).min() > 0.8


@pytest.mark.parametrize("view", ["000", "054", "090", "180"])
def test_somebody_crosses_close_to_the_walker(view: str, walker: Person) -> None:
    camera = WORLDS["indoor"].cameras[view]
    other = crosser(_take(view, "crossing"), walker, _even(), camera)
    apart = np.linalg.norm(way(other)[:, :2] - way(walker)[:, :2], axis=1)
    assert 0.45 < apart.min() < 1.1
    seen = camera.project(way(other))[:, 0]
    before = seen - camera.project(way(walker))[:, 0]
    assert before[0] * before[-1] < 0  # in the picture, one passes the other
    assert ((seen > 0) & (seen < 320)).mean() < 0.85
    assert other.subject.phenotype != walker.subject.phenotype


def test_passers_by_keep_away_and_are_the_same_for_all_cameras_of_a_site() -> None:
    met = 0
    for number in range(1, 7):
        take = Take("outdoor", 1, f"{number:03d}", "1", "05", FRAMES, 2, ())
        own = person(1, "outdoor", take.subject, "1", FRAMES)
        first = passers(take, own, _even())
        second = passers(Take("outdoor", 1, take.subject, "1", "06", FRAMES, 2, ()), own, _even())
        met += len(first)
        assert first.keys() == second.keys()
        for name, someone in first.items():
            np.testing.assert_array_equal(way(someone), way(second[name]))
            assert np.linalg.norm(way(someone)[:, :2] - way(own)[:, :2], axis=1).min() > 0.9
            assert someone.subject.phenotype != own.subject.phenotype
            across = WORLDS["outdoor"].cameras["05"].project(way(someone))[:, 0]
            assert ((across > 0) & (across < 320)).mean() < 0.6
    assert met >= 9
