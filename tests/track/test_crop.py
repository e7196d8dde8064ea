import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaitprep.track.crop import SIZE, crop_boxes, cut, ratios

WIDTH, HEIGHT = 320, 240


@st.composite
def box_arrays(draw: st.DrawFn) -> NDArray[np.float32]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = np.sort(rng.uniform(-20, 340, (10, 2, 2)), axis=1).reshape(10, 4)
    return corners.astype(np.float32)


@given(box_arrays(), st.floats(0, 0.5))
def test_crops_are_whole_pixels_within_the_frame(boxes: NDArray[np.float32], margin: float) -> None:
    crops = crop_boxes(boxes, margin, WIDTH, HEIGHT)
    assert crops.dtype == np.float32
    np.testing.assert_array_equal(crops, np.round(crops))
    assert (crops[:, :2] >= 0).all()
    assert (crops[:, 2:] <= [WIDTH, HEIGHT]).all()
    assert (crops[:, 2:] - crops[:, :2] >= 1).all()


@given(box_arrays(), st.floats(0, 0.5))
def test_the_ratio_is_width_by_height_of_what_is_cut(boxes: NDArray[np.float32], margin: float) -> None:
    crops = crop_boxes(boxes, margin, WIDTH, HEIGHT)
    expected = (crops[:, 2] - crops[:, 0]) / (crops[:, 3] - crops[:, 1])
    np.testing.assert_array_equal(ratios(crops), expected.astype(np.float32))


def test_the_margin_is_a_share_of_each_side() -> None:
    crop = crop_boxes(np.array([[100, 50, 150, 150]], np.float32), 0.08, WIDTH, HEIGHT)
    np.testing.assert_array_equal(crop, [[96, 42, 154, 158]])


@pytest.mark.parametrize("sides", [(40, 90), (200, 230), (1, 1)])
def test_a_crop_shows_what_lies_in_the_box(sides: tuple[int, int]) -> None:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    width, height = sides
    image[5 : 5 + height, 10 : 10 + width] = (10, 200, 90)
    crop = cut(image, np.array([10, 5, 10 + width, 5 + height], np.float32))
    assert crop.shape == (SIZE, SIZE, 3)
    assert (crop == (10, 200, 90)).all()
