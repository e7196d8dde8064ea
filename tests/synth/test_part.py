"""Meshes: closed, and the right way round."""

import numpy as np
import pytest

from gaitprep.synth.outline import directions, outline, outlines, secants
from gaitprep.synth.part import rings, superellipsoid, tube


def _volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return float(np.sum(a * np.cross(b, c)) / 6)


def test_boxes_have_their_size_and_face_outwards() -> None:
    half = (0.1, 0.2, 0.3)
    ball, box = (superellipsoid(half, power, 41, 64) for power in (1.0, 0.15))
    assert _volume(*ball) == pytest.approx(4 / 3 * np.pi * 0.006, rel=0.02)
    assert 0.85 * 0.048 < _volume(*box) < 0.048
    np.testing.assert_allclose(np.abs(ball[0]).max(axis=0), half, rtol=0.01)


def test_tubes_face_outwards() -> None:
    vertices = rings(np.ones((2, 24)), np.array([1.0, 0.0]), directions(24))
    corners = vertices[tube(2, 24)]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.sum(normal * corners.mean(axis=1), axis=1) > 0).all()


def test_an_outline_is_the_convex_hull() -> None:
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [0.2, 0.1]])
    radii = outline(square, 40)
    assert radii[0] == pytest.approx(1.0)
    assert radii[5] == pytest.approx(np.sqrt(2))
    assert (radii >= 1.0 - 1e-9).all()


def test_levels_see_only_what_is_near() -> None:
    points = np.array([[0.3, 0.0, 1.0], [0.0, 0.5, 0.0]])
    radii = outlines(points, np.array([1.0, 0.5, 0.0]), 0.2, directions(40), secants(40))
    assert radii[0, 0] == pytest.approx(0.3)
    assert radii[1].max() < 0.05
    assert radii[2, 10] == pytest.approx(0.5)
