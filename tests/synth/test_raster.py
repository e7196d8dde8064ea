"""The z-buffer against triangles whose coverage is known."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.synth.raster import cover, in_steps, place_in, rasterise

Corner = tuple[float, float, float]
point = st.tuples(st.floats(-8, 40), st.floats(-8, 40))


def _draw(corners: list[Corner], faces: list[tuple[int, int, int]], size: int = 32) -> tuple[np.ndarray, np.ndarray]:
    nearness, shown = np.zeros((size, size), np.float32), np.full((size, size), -1, np.int32)
    rasterise(np.array(corners, np.float64), np.array(faces, np.int32), nearness, shown)
    return nearness, shown


def test_a_right_triangle_covers_the_samples_inside() -> None:
    _, shown = _draw([(2, 2, 1), (10, 2, 1), (2, 10, 1)], [(0, 1, 2)])
    rows, columns = np.mgrid[:32, :32] + 0.5
    inside = (columns > 2) & (rows > 2) & (columns - 2 + rows - 2 < 8)
    np.testing.assert_array_equal(shown == 0, inside)


@settings(max_examples=60, deadline=None)
@given(a=point, b=point, c=point)
def test_both_windings_cover_the_same_samples(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]
) -> None:
    corners = [(*p, 1.0) for p in (a, b, c)]
    np.testing.assert_array_equal(_draw(corners, [(0, 1, 2)])[1], _draw(corners, [(2, 1, 0)])[1])


@settings(max_examples=60, deadline=None)
@given(centre=st.tuples(st.floats(1, 31), st.floats(1, 31)))
def test_triangles_that_share_edges_neither_overlap_nor_leave_gaps(centre: tuple[float, float]) -> None:
    corners: list[Corner] = [(0, 0, 1), (32, 0, 1), (32, 32, 1), (0, 32, 1), (*centre, 1)]
    fan = [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]
    count = sum((_draw(corners, [face])[1] == 0).astype(int) for face in fan)
    np.testing.assert_array_equal(count, 1)


@settings(max_examples=60, deadline=None)
@given(a=point, b=point, c=point)
def test_coverage_is_area_up_to_the_outline(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]
) -> None:
    corners = [(x + 10, y + 10, 1.0) for x, y in (a, b, c)]
    _, shown = _draw(corners, [(0, 1, 2)], 64)
    area = abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / 2
    outline = sum(np.hypot(*np.subtract(p, q)) for p, q in ((a, b), (b, c), (c, a)))
    assert abs((shown == 0).sum() - area) <= 1.5 * outline + 3


def test_the_nearest_face_is_shown_whatever_the_order() -> None:
    near: list[Corner] = [(0, 0, 0.5), (32, 0, 0.5), (0, 32, 0.5)]
    far: list[Corner] = [(0, 0, 0.25), (32, 0, 0.25), (0, 32, 0.25)]
    for faces, front in (([(0, 1, 2), (3, 4, 5)], 0), ([(3, 4, 5), (0, 1, 2)], 1)):
        nearness, shown = _draw(near + far, faces)
        assert set(np.unique(shown)) == {-1, front}
        assert nearness[shown == front].min() == np.float32(0.5)


mesh = st.lists(st.tuples(st.floats(-4, 20), st.floats(-4, 20), st.sampled_from([-1.0, 0.25, 0.5, 1.0])), min_size=9)


@settings(max_examples=60, deadline=None)
@given(mesh)
def test_of_equally_near_faces_the_first_is_shown_whichever_way_it_runs(corners: list[Corner]) -> None:
    faces = [(i, i + 1, i + 2) if i % 2 else (i + 2, i + 1, i) for i in range(len(corners) - 2)]
    nearness, shown = _draw(corners, faces)
    near, first = np.zeros_like(nearness), np.full_like(shown, -1)
    for number, face in enumerate(faces):
        own, there = _draw(corners, [face])
        nearer = (there == 0) & (own > near)
        near[nearer], first[nearer] = own[nearer], number
    np.testing.assert_array_equal(shown, first)
    np.testing.assert_array_equal(nearness, near)


@settings(max_examples=60, deadline=None)
@given(mesh)
def test_what_faces_cover_is_where_one_of_them_is_shown(corners: list[Corner]) -> None:
    faces = [(i, i + 1, i + 2) for i in range(len(corners) - 2)]
    covered = np.zeros((32, 32), np.bool_)
    cover(np.array(corners, np.float64), np.array(faces, np.int32), covered)
    np.testing.assert_array_equal(covered, _draw(corners, faces)[1] >= 0)


def test_faces_behind_the_camera_or_beside_the_picture_are_left_out() -> None:
    _, shown = _draw(
        [(0, 0, -1), (32, 0, 1), (0, 32, 1), (40, 40, 1), (50, 40, 1), (40, 50, 1)], [(0, 1, 2), (3, 4, 5)]
    )
    assert (shown == -1).all()


def test_weights_are_true_to_perspective() -> None:
    """On an edge that recedes from distance 1 to 3, the middle of the picture is a quarter of the way."""
    corners = np.array([(0, 16, 1.0), (32, 16, 1 / 3), (0, 48, 1.0)])
    a, b, c = place_in(corners, in_steps(corners), 0, 1, 2, 15, 15)
    left = place_in(corners, in_steps(corners), 0, 1, 2, 16, 15)
    middle = (np.array([a, b, c]) + left) / 2
    np.testing.assert_allclose(middle[1], 0.25, atol=0.01)
    np.testing.assert_allclose(a + b + c, 1.0)
