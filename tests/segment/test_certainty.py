"""How sure a network is of a mask, as a figure."""

import numpy as np
import pytest

from gaitprep.segment.certainty import certainty


def test_it_is_the_expected_agreement() -> None:
    odds = np.full((3, 8, 8), -40.0, np.float32)
    odds[0, :4] = 40.0  # sure
    odds[1, :4] = 0.1  # hardly more likely than not
    assert certainty(odds, 0.0).tolist() == pytest.approx([1.0, 1 / (1 + np.exp(-0.1)), 0.0], abs=1e-4)


def test_it_falls_with_doubt_outside_the_mask_too() -> None:
    odds = np.full((2, 8, 8), -40.0, np.float32)
    odds[:, :4] = 40.0
    odds[1, 4:] = -0.1
    first, second = certainty(odds, 0.0)
    assert second < 0.75 < first


def test_masks_of_probabilities_that_are_right_agree_as_foretold() -> None:
    random = np.random.default_rng(0)
    odds = random.normal(0, 3, (1, 200, 200)).astype(np.float32)
    truth = random.random(odds.shape) < 1 / (1 + np.exp(-odds))
    mask = odds > 0
    iou = (mask & truth).sum() / (mask | truth).sum()
    assert certainty(odds, 0.0)[0] == pytest.approx(iou, abs=0.02)
