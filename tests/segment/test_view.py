"""Crops and backgrounds are brought to the source's resolution and under the same light."""

import numpy as np

from gaitprep.segment.view import make_view

FLAT = np.ones((128, 128), np.float32)
PERSON = np.float32([40, 20, 90, 110])


def test_size_is_the_sources_and_at_most_the_crops() -> None:
    crop = np.full((128, 128, 3), 90, np.uint8)
    small = make_view(crop, (crop, FLAT, FLAT), np.float32([31, 84]), PERSON)
    assert small.crop.shape == (84, 31, 3)
    assert small.person == (10.0, 13.0, 22.0, 72.0)
    large = make_view(crop, (crop, FLAT, FLAT), np.float32([300, 640]), PERSON)
    assert large.crop.shape == (128, 60, 3)


def test_the_background_takes_on_the_crops_light() -> None:
    rng = np.random.default_rng(0)
    behind = rng.integers(60, 160, (128, 128, 3), np.uint8)
    crop = (behind * np.array([1.1, 1.0, 0.9])).astype(np.uint8)
    crop[30:100, 45:85] = 240  # the person does not count
    view = make_view(crop, (behind, FLAT, FLAT), np.float32([128, 128]), PERSON)
    beside = np.ones((128, 128), np.bool_)
    beside[20:110, 40:90] = False
    assert np.abs(view.background - view.crop)[beside].mean() < 1


def test_change_of_light_is_bounded() -> None:
    behind = np.full((128, 128, 3), 50, np.uint8)
    view = make_view(np.full((128, 128, 3), 250, np.uint8), (behind, FLAT, FLAT), np.float32([128, 128]), PERSON)
    np.testing.assert_allclose(view.background, 62.5)


def test_a_box_that_fills_the_crop_leaves_the_light_alone() -> None:
    behind = np.full((128, 128, 3), 50, np.uint8)
    everything = np.float32([0, 0, 128, 128])
    view = make_view(np.full((128, 128, 3), 60, np.uint8), (behind, FLAT, FLAT), np.float32([128, 128]), everything)
    np.testing.assert_allclose(view.background, 50)
