"""Decimation keeps a subset of the vertices and a closed surface near the old one."""

import numpy as np

from gaitprep.synth.decimate import decimate


def _sphere(rows: int = 24, columns: int = 32) -> tuple[np.ndarray, np.ndarray]:
    polar, around = np.linspace(0, np.pi, rows)[1:-1], np.arange(columns) / columns * 2 * np.pi
    ring = np.stack(
        [
            np.outer(np.sin(polar), np.cos(around)),
            np.outer(np.sin(polar), np.sin(around)),
            np.repeat(np.cos(polar)[:, None], columns, axis=1),
        ],
        axis=-1,
    ).reshape(-1, 3)
    vertices = np.concatenate([ring, [[0, 0, 1.0], [0, 0, -1.0]]])
    faces = []
    for row in range(rows - 2):
        for column in range(columns):
            a, b = row * columns + column, row * columns + (column + 1) % columns
            if row == 0:
                faces.append((len(ring), a, b))
            if row == rows - 3:
                faces.append((a, len(ring) + 1, b))
            else:
                faces += [(a, a + columns, b), (b, a + columns, b + columns)]
    return vertices, np.array(faces)


def test_a_sphere_stays_a_closed_sphere() -> None:
    vertices, faces = _sphere()
    kept, fewer = decimate(vertices, faces, 200)
    assert len(kept) == 200
    assert sorted(set(fewer.ravel())) == list(range(200))
    edges = np.sort(np.concatenate([fewer[:, [0, 1]], fewer[:, [1, 2]], fewer[:, [2, 0]]]), axis=1)
    assert set(np.unique(edges, axis=0, return_counts=True)[1]) == {2}
    corners = vertices[kept][fewer]
    volume = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert 0.93 < volume / (4 / 3 * np.pi) < 1.0


def test_a_plane_costs_nothing_and_keeps_its_outline_closed() -> None:
    side = np.arange(12.0)
    vertices = np.array([(x, y, 0.0) for y in side for x in side])
    faces = np.array(
        [
            f
            for y in range(11)
            for x in range(11)
            for f in ((12 * y + x, 12 * y + x + 1, 12 * y + x + 12), (12 * y + x + 1, 12 * y + x + 13, 12 * y + x + 12))
        ]
    )
    kept, fewer = decimate(vertices, faces, 40)
    flat = vertices[kept][fewer][..., :2]
    first, second = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    assert ((first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) > 0).all()


def test_nothing_is_taken_when_all_may_stay() -> None:
    vertices, faces = _sphere(8, 10)
    kept, same = decimate(vertices, faces, len(vertices))
    assert len(kept) == len(vertices)
    np.testing.assert_array_equal(same, faces)
