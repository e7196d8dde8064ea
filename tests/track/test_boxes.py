import numpy as np
import supervision as sv
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.track.boxes import row_iou, share_inside

_sides = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40), st.integers(1, 40))
_box = _sides.map(lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]])


@given(st.lists(st.tuples(_box, _box), min_size=1, max_size=5))
def test_overlap_is_that_of_the_library(pairs: list[tuple[list[int], list[int]]]) -> None:
    one, other = (np.array(boxes, np.float32) for boxes in zip(*pairs, strict=True))
    np.testing.assert_allclose(row_iou(one, other), np.diag(sv.box_iou_batch(one, other)), atol=1e-5)


def test_a_part_lies_inside_its_body() -> None:
    body, legs = np.array([[10, 10, 50, 110]], np.float32), np.array([[10, 60, 50, 115]], np.float32)
    apart = legs + 100
    assert share_inside(body, legs)[0] == share_inside(legs, body)[0] == np.float32(50 / 55)
    assert share_inside(body, apart)[0] == 0
