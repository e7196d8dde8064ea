"""Backdrops: fixed per camera, lit by the sun of the day, with things that hide people."""

import dataclasses

import numpy as np
import pytest

from gaitprep.synth.backdrop import Backdrop, backdrop
from gaitprep.synth.daylight import light_on
from gaitprep.synth.scenery import plain, pole
from gaitprep.synth.shade import Light
from gaitprep.synth.worlds import WORLDS

LIGHT = Light((1.0, 0.0, 1.0), (0.8, 0.8, 0.8), (0.3, 0.3, 0.3), (0.1, 0.1, 0.1), shadow=0.4, softness=1)


def _view(world: str, view: str) -> Backdrop:
    return backdrop(WORLDS[world].sites[view], WORLDS[world].cameras[view])


def test_backdrops_are_fixed_per_camera_and_busier_outdoors() -> None:
    def detail(world: str, view: str) -> float:
        picture = _view(world, view).lit(LIGHT).picture
        assert picture.shape == (240, 320, 3)
        assert 0 <= picture.min() <= picture.max() <= 255
        return float(np.abs(np.diff(picture, axis=1)).mean())

    first = _view("outdoor", "05").lit(LIGHT)
    backdrop.cache_clear()
    again = _view("outdoor", "05").lit(LIGHT)
    np.testing.assert_array_equal(again.picture, first.picture)
    np.testing.assert_array_equal(again.near, first.near)
    assert detail("outdoor", "05") > 3 * detail("indoor", "090")


def test_sites_differ() -> None:
    means = [_view("outdoor", view).colour.mean(axis=(0, 1)) for view in ("02", "05", "08", "11")]
    for i, one in enumerate(means):
        for other in means[:i]:
            assert np.abs(one - other).max() > 0.02


def test_shadows_of_things_fall_away_from_the_sun() -> None:
    camera = WORLDS["indoor"].cameras["000"]  # looks along +y: +x is to the right of the picture
    bare = backdrop("lab", camera)
    post = pole((0.0, 0.0), 0.1, 0.0, 1.5, plain(90, 90, 90))
    for x in (0.5, -0.5):
        light = dataclasses.replace(LIGHT, direction=(x, 0.0, 1.0))
        darker = bare.lit(light).picture - bare.extended([post]).lit(light).picture
        darker[:, 145:175] = 0  # the post itself
        columns = np.flatnonzero((darker > 8).all(axis=2).any(axis=0))
        assert columns.size > 30
        assert (columns < 160).all() if x > 0 else (columns > 160).all()


def test_what_is_added_hides_what_is_behind_and_is_hidden_by_what_is_before() -> None:
    camera = WORLDS["indoor"].cameras["090"]
    red = plain(250, 0, 0)
    near = backdrop("lab", camera).extended([pole((2.0, 0.0), 0.2, 0.0, 2.0, red)])
    behind = backdrop("lab", camera).extended([pole((-5.0, 0.0), 0.2, 0.0, 2.0, red)])  # beyond the wall
    assert near.near[200, 320] == pytest.approx(1 / 3.9, rel=0.02)
    assert (near.colour[100, 155:165, 1] < 0.05).all()
    np.testing.assert_array_equal(behind.colour, backdrop("lab", camera).colour)


def test_bodies_cast_shadows_on_sunny_ground_only() -> None:
    scene = _view("outdoor", "08").lit(light_on("street", 1, "001", "1"))
    assert scene.shadow[200, 20] > 0.1
    assert (scene.shadow[:5] < 0.01).all()  # the house
