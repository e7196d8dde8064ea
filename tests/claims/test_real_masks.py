"""What is claimed of the default segmenter on real people, against hand-checked masks: `make test-slow`."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.real_masks import SAMPLE, VTEST, Score, bad_unmarked, score_all
from benchmarks.real_reference import missing, places, read_index
from gaitprep.segment.config import SegmentConfig

pytestmark = pytest.mark.slow

MEDIAN_TALL = 0.92
MEDIAN_SMALL = 0.88


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    files = places(SAMPLE, VTEST)
    absent = missing(read_index()[0], files)
    # Neither clip may lie in the repository, and the medians are over the people of both: one clip is another claim.
    if {"sample", "vtest"} & set(absent):
        pytest.skip("; ".join(absent.values()) + "; run make real-masks, apt-get install opencv-doc")
    found, _, _ = score_all(SegmentConfig().method, files, tmp_path_factory.mktemp("real"))
    return found


def of_size(scores: list[Score], size: str) -> list[float]:
    """IoU of everybody of a class; who was not tracked has none of it."""
    return [score.iou or 0.0 for score in scores if score.size == size]


def test_people_taller_than_100_pixels(scores: list[Score]) -> None:
    assert np.median(of_size(scores, "tall")) >= MEDIAN_TALL


def test_people_of_60_to_100_pixels(scores: list[Score]) -> None:
    assert np.median(of_size(scores, "small")) >= MEDIAN_SMALL


def test_bad_masks_are_marked(scores: list[Score]) -> None:
    assert not bad_unmarked(scores)
