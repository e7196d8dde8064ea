"""IoU and boundary F on cases whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from gaitprep.score.masks import around_crop, boundary_f, in_crop, iou, mask_iou, middle, true_mask

SQUARE = np.zeros((128, 128), bool)
SQUARE[40:80, 40:80] = True
BOX = np.array([30, 10, 90, 110], np.float32)

masks = arrays(bool, (20, 20))


def shifted(pixels: int) -> np.ndarray:
    return np.roll(SQUARE, pixels, axis=1)


def test_a_shifted_square_has_the_iou_that_one_reckons() -> None:
    assert iou(SQUARE, SQUARE) == 1
    assert iou(SQUARE, shifted(10)) == pytest.approx(30 / 50)
    assert iou(SQUARE, shifted(40)) == 0
    assert iou(SQUARE & False, SQUARE & False) == 1


def test_outlines_within_the_tolerance_agree() -> None:
    assert boundary_f(SQUARE, shifted(2), 2) == 1
    # Of the outline's 156 pixels, either level side has 30 + 2 near the other's, and one upright side 2 at either end.
    assert boundary_f(SQUARE, shifted(10), 2) == pytest.approx(2 * (32 + 2) / 156)
    assert boundary_f(SQUARE, np.roll(SQUARE, 41, axis=0), 0) == 0


def test_a_hole_is_missed_by_its_outline() -> None:
    holed = SQUARE.copy()
    holed[55:65, 55:65] = False
    assert boundary_f(holed, SQUARE, 2) < 1
    assert boundary_f(SQUARE & False, SQUARE, 2) == 0
    assert boundary_f(SQUARE & False, SQUARE & False, 2) == 1


def test_the_edge_of_the_picture_is_no_outline() -> None:
    cut, wide = np.zeros((128, 128), bool), np.zeros((128, 128), bool)
    cut[:50, 40:80] = wide[:50, 40:80] = True
    wide[:50, 60:] = True
    assert boundary_f(np.ones((128, 128), bool), np.ones((128, 128), bool), 2) == 1
    assert boundary_f(cut, wide, 2) < 1
    assert boundary_f(cut, cut, 0) == 1


@settings(max_examples=60, deadline=None)
@given(masks, masks)
def test_figures_are_symmetric_and_bounded(one: np.ndarray, other: np.ndarray) -> None:
    assert iou(one, other) == iou(other, one)
    assert 0 <= iou(one, other) <= 1
    found = boundary_f(one, other, 1)
    assert found == pytest.approx(boundary_f(other, one, 1))
    assert 0 <= found <= 1
    assert boundary_f(one, one, 0) == iou(one, one) == 1


def test_the_truth_is_cut_out_as_crops_are() -> None:
    truth = np.zeros((120, 160), bool)
    truth[20:100, 40:70] = True
    found = true_mask(truth, BOX)
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    # 60 × 100 pixels become 128 × 128; an outline is right to half a pixel.
    assert abs(columns[0] - 10 * 128 / 60) <= 0.5
    assert abs(columns[-1] + 1 - 40 * 128 / 60) <= 0.5
    assert abs(rows[0] - 10 * 1.28) <= 0.5
    assert abs(rows[-1] + 1 - 90 * 1.28) <= 0.5


def test_what_the_crop_leaves_outside_counts_as_missed() -> None:
    truth = np.zeros((120, 160), bool)
    truth[20:60, 40:70] = True
    truth[112:118, 40:70] = True
    whole = true_mask(truth, BOX)
    assert whole.shape == (384, 384)
    assert (middle(whole) == in_crop(truth, BOX)).mean() > 0.999
    assert mask_iou(in_crop(truth, BOX), whole) == pytest.approx(40 / 46, abs=0.01)


def test_a_crop_at_the_border_of_the_picture_has_nothing_around_it() -> None:
    truth = np.zeros((120, 160), bool)
    truth[:50, :30] = True
    around = around_crop(truth, np.array([0, 0, 60, 60], np.float32))
    assert not around[:127].any()
    assert not around[:, :127].any()
    assert around[128:256, 128:256].mean() == pytest.approx(50 / 60 * 0.5, abs=0.01)
