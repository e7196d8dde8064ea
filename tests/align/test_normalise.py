"""Size normalisation: against a plain reference, and what must hold for every mask."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaitprep.align.normalise import foreground_rows, normalise
from tests.align.toy import Masks, body


def area_weights(source: int, target: int) -> NDArray[np.float64]:
    """`[target, source]`: share of each source pixel in each target pixel."""
    weights = np.zeros((target, source))
    scale = source / target
    for i in range(target):
        for j in range(source):
            weights[i, j] = max(0.0, min((i + 1) * scale, j + 1) - max(i * scale, j)) / scale
    return weights


def cubic_weights(source: int, target: int) -> NDArray[np.float64]:
    """`[target, source]`: cubic convolution, a = -0.75, half-pixel centres, replicated ends."""
    a = -0.75
    weights = np.zeros((target, source))
    for i in range(target):
        place = (i + 0.5) * source / target - 0.5
        for j in range(int(np.floor(place)) - 1, int(np.floor(place)) + 3):
            x = abs(place - j)
            if x <= 1:
                value = (a + 2) * x**3 - (a + 3) * x**2 + 1
            else:
                value = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
            weights[i, min(max(j, 0), source - 1)] += value
    return weights


def reference(mask: Masks, ratio: float, width: int) -> NDArray[np.float64]:
    """The field's procedure, step by step and slowly, in floating point."""
    rows = [i for i in range(len(mask)) if mask[i].any()]
    image = mask[rows[0] : rows[-1] + 1].astype(float)
    true_width = ratio * len(mask)
    if true_width < image.shape[1]:
        image = image @ area_weights(image.shape[1], max(1, round(true_width))).T
    scaled_width = max(1, round(true_width * 64 / len(image)))
    image = cubic_weights(len(image), 64) @ image @ cubic_weights(image.shape[1], scaled_width).T
    image = np.clip(np.round(image), 0, 255)
    total, so_far, centre = image.sum(), 0.0, 0
    for centre in range(scaled_width):
        so_far += image[:, centre].sum()
        if so_far > total / 2:
            break
    result = np.zeros((64, width))
    for column in range(width):
        source = centre - width // 2 + column
        if 0 <= source < scaled_width:
            result[:, column] = image[:, source]
    return result


def iou(one: Masks, other: Masks) -> float:
    """Share of the union that both silhouettes hold."""
    return float(((one > 127) & (other > 127)).sum() / ((one > 127) | (other > 127)).sum())


@given(
    x=st.integers(40, 90),
    y=st.integers(45, 80),
    a=st.integers(8, 38),
    b=st.integers(20, 44),
    ratio=st.floats(0.2, 1.6),
    width=st.sampled_from([44, 64]),
)
@settings(max_examples=40, deadline=None)
def test_agrees_with_the_reference(x: int, y: int, a: int, b: int, ratio: float, width: int) -> None:
    mask = body((x, y), (a, b))
    mask[y : y + 3, x - a : x + a] = 0  # an asymmetry inside
    (fast,) = normalise(mask[None], np.float32([ratio]), (64, width))
    slow = reference(mask, float(np.float32(ratio)), width)
    # Rounding between the steps may move the centre by one column where two halves are equal.
    shifts = [np.abs(np.roll(fast.astype(float), s, axis=1)[:, 2:-2] - slow[:, 2:-2]).max() for s in (0, 1, -1)]
    assert shifts[0] <= 4 or min(shifts) <= 4


@given(dx=st.integers(-34, 34), dy=st.integers(-12, 11))
@settings(max_examples=25, deadline=None)
def test_height_fills_and_place_in_the_crop_does_not_matter(dx: int, dy: int) -> None:
    masks = np.stack([body(), np.roll(body(), dy, axis=0), np.roll(body(), dx, axis=1)])
    still, shifted, sideways = normalise(masks, np.float32([0.5, 0.5, 0.5]))
    np.testing.assert_array_equal(still, shifted)
    # The procedure centres on a whole column, so a symmetric body may come out one column to the side.
    assert max(iou(still, np.roll(sideways, step, axis=1)) for step in (-1, 0, 1)) > 0.93
    assert still[0].max() > 127
    assert still[-1].max() > 127


@given(ratio=st.floats(0.25, 0.9), a=st.integers(10, 26))
@settings(max_examples=25, deadline=None)
def test_true_proportions_come_back(ratio: float, a: int) -> None:
    (silhouette,) = normalise(body(axes=(a, 48))[None], np.float32([ratio]), (64, 64))
    breadth = (silhouette[32] > 127).sum()
    expected = (2 * a + 1) * ratio * 64 / 97
    assert breadth == pytest.approx(expected, abs=1.5)


@given(x=st.integers(30, 98), a=st.integers(6, 26), lean=st.integers(-8, 8))
@settings(max_examples=25, deadline=None)
def test_the_middle_column_splits_the_body(x: int, a: int, lean: int) -> None:
    mask = body((x, 64), (a, 50))
    mask[:64] = np.roll(mask[:64], lean, axis=1)
    (silhouette,) = normalise(mask[None], np.float32([0.6]), (64, 44))
    columns = silhouette.sum(axis=0, dtype=float)
    assert columns[:22].sum() <= columns.sum() / 2 < columns[:23].sum()


def test_scale_does_not_matter() -> None:
    large, small = body(axes=(40, 60)), body(axes=(20, 30))
    one, other = normalise(np.stack([large, small]), np.float32([0.5, 0.5]))
    assert iou(one, other) > 0.93


def test_empty_masks_give_zeros_between_others() -> None:
    masks = np.stack([body(), np.zeros((128, 128), np.uint8), body()])
    silhouettes = normalise(masks, np.float32([0.4, 0.4, 0.4]))
    assert not silhouettes[1].any()
    np.testing.assert_array_equal(silhouettes[0], silhouettes[2])
    assert silhouettes.shape == (3, 64, 44)


@pytest.mark.parametrize("pixel", [(0, 0), (127, 127), (0, 127), (64, 3)])
def test_a_single_pixel_is_drawn_not_lost(pixel: tuple[int, int]) -> None:
    mask = np.zeros((1, 128, 128), np.uint8)
    mask[0][pixel] = 255
    (silhouette,) = normalise(mask, np.float32([1.0]))
    assert silhouette[:, 22].min() > 250


def test_wide_body_is_cut_to_the_window_and_keeps_its_middle() -> None:
    mask = np.zeros((1, 128, 128), np.uint8)
    mask[0, 60:68] = 255  # lies across the whole crop
    (silhouette,) = normalise(mask, np.float32([1.0]))
    assert (silhouette == 255).all()


def test_rows_of_foreground() -> None:
    mask = np.zeros((2, 128, 128), np.uint8)
    mask[0, 5:9, 7] = 255
    tops, bottoms = foreground_rows(mask)
    assert (tops.tolist(), bottoms.tolist()) == ([5, 0], [9, 0])


@pytest.mark.parametrize("ratio", [0.0, -1.0, np.nan, np.inf])
def test_impossible_ratio_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        normalise(body()[None], np.float32([ratio]))


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="masks must be"):
        normalise(body(), np.float32([1]))
    with pytest.raises(ValueError, match="as many ratios"):
        normalise(body()[None], np.float32([1, 1]))
