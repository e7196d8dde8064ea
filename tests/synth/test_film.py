"""Filming: masks, boxes and pictures that agree with one another."""

import dataclasses

import numpy as np
import pytest

from gaitprep.synth.backdrop import Scene, backdrop
from gaitprep.synth.daylight import light_on
from gaitprep.synth.film import Film, Sight
from gaitprep.synth.people import Person, person
from gaitprep.synth.seeds import stream
from gaitprep.synth.worlds import WORLDS
from gaitprep.truth.file import boxes

WORLD = WORLDS["indoor"]
CAMERA = WORLD.cameras["090"]
LIGHT = light_on("lab", 1, "001", "nm-01")


def _grey(shadow: float = 0.0, near: float = 0.0) -> Scene:
    picture = np.full((240, 320, 3), 128.0, np.float32)
    return Scene(CAMERA, picture, np.full((240, 320), shadow, np.float32), np.full((480, 640), near, np.float32))


def _film(people: list[Person], noise: float = 0.0, scene: Scene | None = None) -> list[tuple[np.ndarray, list[Sight]]]:
    film = Film(people, [CAMERA] * 3, scene or _grey(), LIGHT, noise, stream(1, "grain"))
    return [(image.copy(), sights) for image, sights in film.frames()]


def _moved(someone: Person, x: float, y: float) -> Person:
    transforms = someone.transforms.copy()
    transforms[..., :2, 3] += (x, y)
    return dataclasses.replace(someone, transforms=transforms)


@pytest.fixture(scope="module")
def walker() -> Person:
    return person(1, "indoor", "001", "nm-01", 3)


def test_the_picture_differs_from_the_background_just_where_the_mask_is(walker: Person) -> None:
    for image, (sight,) in _film([walker]):
        touched = np.abs(image.astype(int) - 128).max(axis=2) > 0
        assert sight.whole
        assert not (touched & ~_grown(sight.full)).any()
        assert (touched & sight.full).sum() > 0.97 * sight.full.sum()


def _grown(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1)
    return np.any([padded[1 + i : 241 + i, 1 + j : 321 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)


def test_masks_are_as_big_as_a_person(walker: Person) -> None:
    _, (sight,) = _film([walker])[0]
    x0, y0, x1, y1 = boxes(sight.full[None])[0]
    tall = np.ptp(walker.vertices(0)[:, 2]) * CAMERA.focal / 6.1
    assert y1 - y0 == pytest.approx(tall, rel=0.03)
    assert 0.2 < sight.full.sum() / ((x1 - x0) * (y1 - y0)) < 0.7


def test_the_nearer_of_two_hides_the_other(walker: Person) -> None:
    behind = _moved(walker, -0.8, 0.1)
    for order in ([walker, behind], [behind, walker]):
        _, sights = _film(order)[1]
        near, far = sights if order[0] is walker else sights[::-1]
        np.testing.assert_array_equal(near.visible, near.full)
        assert 0 < far.visible.sum() < 0.8 * far.full.sum()
        assert not (far.visible & near.full & ~_grown(~near.full)).any()
        alone = _film([behind])[1][1][0]
        np.testing.assert_array_equal(far.full, alone.full)


def test_people_who_are_cut_by_the_picture_or_outside_it(walker: Person) -> None:
    cut = _film([_moved(walker, 0.0, -1.9)])[0][1][0]
    assert not cut.whole
    assert cut.full[:, 0].any()
    gone = _film([_moved(walker, 0.0, -9.0)])[0]
    assert not gone[1][0].full.any()
    assert (gone[0] == 128).all()


def test_noise_has_the_strength_asked_for(walker: Person) -> None:
    image, _ = _film([_moved(walker, 0.0, -9.0)], noise=3.0)[0]
    assert 2.7 < image.astype(float).std() < 3.3


def test_shadows_darken_the_ground_beside_the_walker(walker: Person) -> None:
    image, (sight,) = _film([walker], scene=_grey(shadow=0.3))[0]
    shade = (image.astype(int) < 126).all(axis=2) & ~_grown(sight.full)
    rows = np.flatnonzero(shade.any(axis=1))
    assert shade.sum() > 50
    assert rows.min() > boxes(sight.full[None])[0, 1] + 100


def test_things_in_front_hide_people_but_not_from_the_full_mask(walker: Person) -> None:
    scene = _grey()
    scene.near[:, 320:] = 1.0  # one metre away, on the right half of the picture
    image, (sight,) = _film([walker], scene=scene)[1]
    alone = _film([walker])[1][1][0]
    np.testing.assert_array_equal(sight.full, alone.full)
    assert not sight.visible[:, 160:].any()
    np.testing.assert_array_equal(sight.visible[:, :160], alone.full[:, :160])
    assert (image[:, 160:] == 128).all()


def test_things_behind_hide_nobody(walker: Person) -> None:
    _, (sight,) = _film([walker], scene=_grey(near=0.05))[1]
    np.testing.assert_array_equal(sight.visible, sight.full)


def test_exposure_scales_the_light(walker: Person) -> None:
    film = Film([walker], [CAMERA] * 3, _grey(), LIGHT, 0.0, stream(1, "grain"), np.array([1.0, 0.5, 1.0]))
    corners = [int(image[0, 0, 0]) for image, _ in film.frames()]
    assert corners == [128, round(128 * 0.5 ** (1 / 2.2)), 128]


def test_a_shaken_camera_moves_people_and_scene_alike() -> None:
    view = backdrop("yard", CAMERA)
    wide = dataclasses.replace(CAMERA, width=368, height=288)
    shaken = dataclasses.replace(CAMERA, shake=(0.4, -0.3, 0.5))
    light = light_on("yard", 1, "001", "1")
    warped = backdrop("yard", wide).lit(light).seen_by(shaken).picture
    painted = backdrop("yard", shaken).lit(light).picture
    still = view.lit(light).picture
    assert np.abs(warped - painted).mean() < 0.35 * np.abs(still - painted).mean()
