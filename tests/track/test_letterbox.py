import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.track.letterbox import GREY, STRIDE, Letterbox, automatic_size

sides = st.integers(16, 4000)


@given(sides, sides, st.integers(64, 1280), st.integers(0, 2**32 - 1))
def test_boxes_go_there_and_back(width: int, height: int, long_side: int, seed: int) -> None:
    box = Letterbox.fit(width, height, long_side)
    corners = np.sort(np.random.default_rng(seed).uniform(0, 1, (20, 2, 2)), axis=1).reshape(20, 4)
    boxes = (corners * [width, height, width, height]).astype(np.float32)
    np.testing.assert_allclose(box.to_source(box.to_picture(boxes)), boxes, atol=0.01 * max(1, 1 / box.scale))


@given(sides, sides, st.integers(64, 1280))
def test_the_frame_lies_within_a_rectangle_of_whole_strides(width: int, height: int, long_side: int) -> None:
    box = Letterbox.fit(width, height, long_side)
    across, down = box.size
    assert across % STRIDE == down % STRIDE == 0
    assert 0 <= box.left <= across - box.inner[0] < STRIDE + box.left + 1
    assert 0 <= box.top <= down - box.inner[1]
    assert max(box.inner) == max(box.size)


def test_a_frame_of_fitting_size_is_not_touched() -> None:
    image = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    box = Letterbox.fit(320, 240, 320)
    pictures = box.blank(2)
    box.place(image, pictures[1])
    assert pictures.shape == (2, 256, 320, 3)
    np.testing.assert_array_equal(pictures[1, 8:248], image)
    assert (pictures[1, :8] == GREY).all()
    assert (pictures[1, 248:] == GREY).all()


def test_boxes_beyond_the_frame_are_clipped() -> None:
    box = Letterbox.fit(320, 240, 320)
    np.testing.assert_array_equal(box.to_source(np.array([[-5, 0, 330, 256]], np.float32)), [[0, 0, 320, 240]])


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (320, 240, 320),
        (160, 120, 320),
        (352, 288, 352),
        (240, 320, 320),
        (640, 480, 640),
        (768, 576, 640),
        (1280, 720, 640),
        (1920, 1080, 960),
        (1768, 994, 896),
        (3840, 2160, 1280),
        (1080, 1920, 960),
    ],
)
def test_the_automatic_size_goes_by_the_long_side(width: int, height: int, size: int) -> None:
    assert automatic_size(width, height) == size
