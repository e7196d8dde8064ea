"""Each reason by a mask made for it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.align.config import FINDINGS, AlignConfig
from gaitprep.align.measure import Measures, measure
from gaitprep.align.quality import REASONS, Judgement, area_likeness, judge
from tests.align.toy import Masks, body

INSIDE = (100.0, 40.0, 160.0, 190.0)


def judge_masks(
    masks: Masks,
    box: tuple[float, ...] = INSIDE,
    score: NDArray[np.float32] | None = None,
    config: AlignConfig | None = None,
) -> Judgement:
    """Judges masks in one box of a 320×240 picture."""
    boxes = np.tile(np.float32(box), (len(masks), 1))
    scores = np.full(len(masks), 0.9, np.float32) if score is None else score
    return judge(measure(masks, boxes, (320, 240)), scores, config or AlignConfig())


def test_a_doubtful_mask_is_of_low_quality_but_stays() -> None:
    masks = np.stack([body()] * 9)
    certainty = np.full(9, 0.9, np.float32)
    certainty[3] = 0.35
    boxes = np.tile(np.float32(INSIDE), (9, 1))
    measures = measure(masks, boxes, (320, 240))
    judgement = judge(measures, np.ones(9, np.float32), AlignConfig(), certainty)
    plain = judge(measures, np.ones(9, np.float32), AlignConfig())
    assert judgement.valid.all()
    assert judgement.quality[3] == pytest.approx(plain.quality[3] / 4)
    assert (np.delete(judgement.quality, 3) == np.delete(plain.quality, 3)).all()
    fatal = judge(measures, np.ones(9, np.float32), AlignConfig(invalid=("doubtful mask",)), certainty)
    assert np.flatnonzero(~fatal.valid).tolist() == [3]


def spoilt(mask: Masks, at: int = 5, n: int = 11) -> Masks:
    """Good masks with one other at `at`."""
    masks = np.stack([body()] * n)
    masks[at] = mask
    return masks


def reasons(judgement: Judgement) -> list[str]:
    """Names of the reasons."""
    return [REASONS[code] for code in judgement.reason]


def touching(side: str) -> Masks:
    """A body that reaches one edge of the crop."""
    shift = {"left": (-40, 0), "right": (40, 0), "top": (0, -15), "bottom": (0, 15)}[side]
    return body((64 + shift[0], 64 + shift[1]))


def test_good_frames_are_valid_and_of_full_quality() -> None:
    judgement = judge_masks(np.stack([body()] * 9))
    assert judgement.valid.all()
    assert not judgement.reason.any()
    assert judgement.quality.dtype == np.float32
    np.testing.assert_allclose(judgement.quality, 1)


def test_empty_mask() -> None:
    judgement = judge_masks(spoilt(np.zeros((128, 128), np.uint8)))
    assert reasons(judgement)[5] == "empty mask"
    assert judgement.quality[5] == 0
    assert judgement.valid.sum() == 10


@pytest.mark.parametrize(("pixels", "reason"), [(39, "few pixels"), (40, "area jump")])
def test_fewer_than_forty_pixels(pixels: int, reason: str) -> None:
    mask = np.zeros((128, 128), np.uint8)
    mask[60, 20 : 20 + pixels] = 255
    assert reasons(judge_masks(spoilt(mask)))[5] == reason


@pytest.mark.parametrize(
    ("side", "box"),
    [
        ("left", (0, 40, 60, 190)),
        ("top", (100, 0, 160, 150)),
        ("right", (260, 40, 320, 190)),
        ("bottom", (100, 90, 160, 240)),
    ],
)
def test_cut_by_the_frame_on_each_side(side: str, box: tuple[float, ...]) -> None:
    masks = np.stack([touching(side)] * 3 + [body()])
    assert reasons(judge_masks(masks, box)) == ["cut by the frame"] * 3 + ["valid"]
    # The same mask in the middle of the picture is not cut by the picture; it only loses quality.
    inside = judge_masks(masks)
    assert inside.valid.all()
    assert (inside.quality[:3] < 0.6 * inside.quality[3]).all()


def test_fragmented() -> None:
    mask = np.zeros((128, 128), np.uint8)
    mask[10:60, 40:90] = mask[64:118, 40:90] = 255
    judgement = judge_masks(np.stack([mask] * 3))
    assert reasons(judgement) == ["fragmented"] * 3
    assert judgement.quality.max() < 0.6


def test_diagonal_neighbours_are_one_component() -> None:
    mask = np.zeros((1, 128, 128), np.uint8)
    mask[0, 10:60, 30:60] = mask[0, 60:110, 60:90] = 255
    assert measure(mask, np.float32([INSIDE]), (320, 240)).largest.tolist() == [1.0]


@pytest.mark.parametrize("axes", [(28, 25), (45, 60)])
def test_area_jump_down_and_up(axes: tuple[int, int]) -> None:
    judgement = judge_masks(spoilt(body(axes=axes)))
    assert reasons(judgement) == ["valid"] * 5 + ["area jump"] + ["valid"] * 5


def test_slow_growth_of_an_approaching_walker_is_no_jump() -> None:
    masks = np.stack([body()] * 60)
    width = np.linspace(20, 80, 60)
    boxes = np.stack([150 - width / 2, 100 - width, 150 + width / 2, 100 + width], axis=1).astype(np.float32)
    judgement = judge(measure(masks, boxes, (320, 240)), np.ones(60, np.float32), AlignConfig())
    assert judgement.valid.all()


def test_small_bodies_lose_quality_in_proportion() -> None:
    quality = judge_masks(np.stack([body()] * 3), box=(100, 100, 116, 139)).quality
    np.testing.assert_allclose(quality, 105 * 39 / 128 / 64, rtol=1e-5)


def test_interpolated_box_is_valid_by_default_and_fatal_on_request() -> None:
    score = np.float32([0.9, 0, 0.9])
    masks = np.stack([body()] * 3)
    judgement = judge_masks(masks, score=score)
    assert judgement.valid.all()
    assert judgement.quality[1] == pytest.approx(0.7 * judgement.quality[0])
    strict = judge_masks(masks, score=score, config=AlignConfig(invalid=("interpolated box",)))
    assert reasons(strict) == ["valid", "interpolated box", "valid"]


def test_the_gravest_reason_is_told_and_counted() -> None:
    judgement = judge_masks(spoilt(np.zeros((128, 128), np.uint8)), config=AlignConfig(invalid=FINDINGS))
    assert judgement.counts() == {"empty mask": 1}


def test_nothing_fatal_leaves_all_valid() -> None:
    assert judge_masks(spoilt(np.zeros((128, 128), np.uint8)), config=AlignConfig(invalid=())).valid.all()


def test_noise_never_leaves_the_range_of_quality() -> None:
    rng = np.random.default_rng(1)
    masks = np.where(rng.random((30, 128, 128)) < rng.random((30, 1, 1)), 255, 0).astype(np.uint8)
    quality = judge_masks(masks).quality
    assert quality.min() >= 0
    assert quality.max() <= 1


@pytest.mark.parametrize(
    ("area", "likeness"),
    [([4.0], [1.0]), ([0.0, 0.0], [1.0, 1.0]), ([0.0, 4.0], [0.0, 1.0]), ([2.0, 4.0, 4.0], [0.5, 0.75, 0.75])],
)
def test_likeness_to_neighbours(area: list[float], likeness: list[float]) -> None:
    assert area_likeness(np.array(area), 3).tolist() == likeness


def test_measures_of_blocks_join_to_those_of_the_whole() -> None:
    masks = np.stack([cv2.erode(body(), np.ones((i + 1, i + 1), np.uint8)) for i in range(6)])
    box = np.tile(np.float32(INSIDE), (6, 1))
    whole = measure(masks, box, (320, 240))
    joined = Measures.join([measure(masks[:4], box[:4], (320, 240)), measure(masks[4:], box[4:], (320, 240))])
    for name in Measures.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
