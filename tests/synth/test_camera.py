"""Cameras: where they stand and where things appear."""

import numpy as np
import pytest

from gaitprep.synth.backdrop import backdrop
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


def test_backdrops_are_fixed_per_camera_and_busier_outdoors() -> None:
    def detail(world: str, view: str) -> float:
        picture = backdrop(world, view, WORLDS[world].cameras[view])
        assert picture.shape == (240, 320, 3)
        assert 0 <= picture.min() <= picture.max() <= 255
        return float(np.abs(np.diff(picture, axis=1)).mean())

    first = backdrop("outdoor", "05", WORLDS["outdoor"].cameras["05"]).copy()
    backdrop.cache_clear()
    np.testing.assert_array_equal(backdrop("outdoor", "05", WORLDS["outdoor"].cameras["05"]), first)
    assert np.abs(backdrop("outdoor", "06", WORLDS["outdoor"].cameras["06"]) - first).mean() > 10
    assert detail("outdoor", "05") > 4 * detail("indoor", "090")
