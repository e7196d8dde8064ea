"""GaitAlign's modes against the offline alignment, over the proportions that crops have."""

import numpy as np
import pytest

from benchmarks.alignment_modes import RATIOS, table


@pytest.fixture(scope="module")
def iou() -> dict[str, dict[float, float]]:
    return table(walkers=25)


def test_exact_is_the_offline_alignment_at_every_ratio(iou: dict[str, dict[float, float]]) -> None:
    assert np.mean(list(iou["exact"].values())) > 0.9
    assert min(iou["exact"].values()) > 0.87


def test_the_published_algorithm_loses_half_a_pixel(iou: dict[str, dict[float, float]]) -> None:
    assert np.mean(list(iou["paper"].values())) == pytest.approx(0.87, abs=0.02)
    assert all(iou["paper"][ratio] < iou["exact"][ratio] for ratio in RATIOS)


def test_the_released_code_stretches_narrow_crops_and_squeezes_wide_ones(iou: dict[str, dict[float, float]]) -> None:
    assert iou["opengait"][0.25] < 0.65
    assert iou["opengait"][1.0] < 0.65
    assert iou["opengait"][0.7] > 0.83
