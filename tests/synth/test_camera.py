"""Cameras: where they stand and where things appear."""

import dataclasses

import numpy as np
import pytest

from gaitprep.synth.camera import Camera
from gaitprep.synth.worlds import WORLDS


def _project(camera: Camera, point: tuple[float, float, float]) -> np.ndarray:
    u, v, w = camera.matrix @ [*point, 1.0]
    return np.array([u / w, v / w])


@pytest.mark.parametrize(("world", "view"), [(w, v) for w in WORLDS for v in WORLDS[w].cameras])
def test_every_camera_has_the_walk_in_its_middle_and_upright(world: str, view: str) -> None:
    camera = WORLDS[world].cameras[view]
    np.testing.assert_allclose(_project(camera, camera.target), (160, 120), atol=1e-9)
    head, feet = _project(camera, (0, 0, 1.75)), _project(camera, (0, 0, 0))
    assert 100 < feet[1] - head[1] < 175
    assert abs(head[0] - feet[0]) < 1


def test_indoor_views_are_named_by_what_they_see() -> None:
    cameras = WORLDS["indoor"].cameras
    assert list(cameras) == [f"{view:03d}" for view in range(0, 181, 18)]
    ahead = (0.0, -0.5, 1.0)
    assert _project(cameras["090"], ahead)[0] < 140  # seen from their left, walkers go to the left
    assert abs(_project(cameras["000"], ahead)[0] - 160) < 1e-6
    left_hand = (0.5, 0.0, 1.0)
    assert _project(cameras["000"], left_hand)[0] > 180  # they come towards us
    assert _project(cameras["180"], left_hand)[0] < 140


def test_rays_and_projection_agree() -> None:
    camera = WORLDS["outdoor"].cameras["03"]
    rays = camera.rays()
    for row, column in ((0, 0), (120, 160), (239, 319)):
        point = np.array(camera.position) + 4.0 * rays[row, column]
        np.testing.assert_allclose(_project(camera, tuple(point)), (column + 0.5, row + 0.5), atol=1e-9)


def test_shaken_cameras_keep_their_place_and_turn_as_named() -> None:
    camera = WORLDS["indoor"].cameras["090"]
    still = _project(camera, (0, 0, 1))
    panned = dataclasses.replace(camera, shake=(0.5, 0.0, 0.0))
    assert _project(panned, (0, 0, 1))[0] == pytest.approx(still[0] - 495 * np.tan(np.radians(0.5)), abs=0.05)
    tilted = dataclasses.replace(camera, shake=(0.0, 0.5, 0.0))
    assert _project(tilted, (0, 0, 1))[1] == pytest.approx(still[1] + 495 * np.tan(np.radians(0.5)), abs=0.05)
    rolled = dataclasses.replace(camera, shake=(0.0, 0.0, 2.0))
    left = _project(rolled, (0, 1, 0.98)) - _project(camera, (0, 1, 0.98))
    assert left[1] < -2  # clockwise: what is on the right rises
    np.testing.assert_allclose(rolled.axes @ rolled.axes.T, np.eye(3), atol=1e-12)


def test_rays_and_projection_agree_for_shaken_cameras() -> None:
    camera = dataclasses.replace(WORLDS["outdoor"].cameras["03"], shake=(0.4, -0.7, 0.9))
    point = np.array(camera.position) + 4.0 * camera.rays()[33, 55]
    u, v, nearness = camera.project(point[None])[0]
    np.testing.assert_allclose((u, v, nearness), (55.5, 33.5, 0.25), atol=1e-9)
