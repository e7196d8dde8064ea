"""Outlines lie where half of a pixel is body, not where it begins to differ."""

import cv2
import numpy as np
import pytest

from gaitprep.segment.outline import draw_mask
from gaitprep.segment.view import make_view

FLAT = np.ones((128, 128), np.float32)


@pytest.mark.parametrize("blur", [0.8, 1.5])
def test_a_blurred_edge_is_placed_in_its_middle(blur: float) -> None:
    behind = np.full((128, 128, 3), 200, np.uint8)
    crop = behind.copy()
    crop[20:108, 44:84] = (60, 30, 20)
    crop = cv2.GaussianBlur(crop, (0, 0), blur)
    view = make_view(crop, (behind, FLAT, FLAT), np.float32([128, 128]), np.float32([30, 10, 98, 118]))
    differs = np.abs(view.crop - view.background).sum(axis=-1) > 12
    mask = draw_mask(view, np.where(differs, 5, -5).astype(np.float32), 128)
    assert differs[64].sum() > 41
    assert abs(int((mask[64] > 0).sum()) - 40) <= 2
    assert abs(int((mask[:, 64] > 0).sum()) - 88) <= 2


def test_white_shoes_under_dark_trousers_stay() -> None:
    behind = np.full((128, 128, 3), 120, np.uint8)
    crop = behind.copy()
    crop[20:100, 50:78] = 30
    crop[100:108, 50:84] = 235
    view = make_view(crop, (behind, FLAT, FLAT), np.float32([128, 128]), np.float32([30, 10, 98, 118]))
    odds = np.full((128, 128), -5, np.float32)
    odds[20:100, 50:78] = odds[100:108, 50:84] = 5
    mask = draw_mask(view, odds, 128)
    assert (mask[101:107, 52:82] > 0).mean() > 0.95


def test_specks_are_no_body() -> None:
    ground = np.full((128, 128, 3), 120, np.uint8)
    view = make_view(ground, (ground, FLAT, FLAT), np.float32([128, 128]), np.float32([30, 10, 98, 118]))
    odds = np.full((128, 128), -5, np.float32)
    odds[::9, ::9] = 5
    assert not draw_mask(view, odds, 128).any()


def test_masks_are_binary_and_of_the_crops_size() -> None:
    ground = np.full((128, 128, 3), 120, np.uint8)
    view = make_view(ground, (ground, FLAT, FLAT), np.float32([40, 90]), np.float32([30, 10, 98, 118]))
    mask = draw_mask(view, np.random.default_rng(0).normal(0, 3, (90, 40)).astype(np.float32), 128)
    assert mask.shape == (128, 128)
    assert set(np.unique(mask)) <= {0, 255}
