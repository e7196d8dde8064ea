"""Dressing a body: cloth smooths what it covers and keeps a distance from the skin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.canon import edges, places
from gaitprep.synth.compiled import compiled
from gaitprep.synth.wardrobe import Look, Outfit

_SOLE = 0.014  # metres
_THICK = 0.03  # metres from the skin: coats and padded jackets hide the shape of what is under them
_SMOOTH = {m.SHIRT: 0.5, m.TROUSERS: 0.4, m.SHOES: 0.6, m.HAIR: 0.4}


def dressed(body: Body, look: Look, outfit: Outfit) -> Floats:
    """`[v, 3]` rest vertices of a body with hair, clothes and shoes on."""
    where = places()
    kind = m.materials(where, m.cut(look, outfit))
    z, arm = where[:, 2], where[:, 3]
    smooth = np.array([_SMOOTH.get(k, 0.0) for k in range(6)])[kind]
    if outfit.shirt_ease > _THICK:
        smooth[kind == m.SHIRT] = 0.8
    rest = _smoothed(body.rest, smooth)
    rest = _smoothed(rest, np.where(kind == m.SHOES, 0.8, 0.0), rounds=40)  # no toes show

    ease = np.zeros(len(rest))
    waist = np.exp(-(((z - 0.22) / 0.14) ** 2))
    ease = np.where(kind == m.SHIRT, outfit.shirt_ease * np.where(arm > -0.05, 0.55, 0.6 + 0.6 * waist), ease)
    down = np.clip((0.1 - z) / 0.8, 0.0, 1.0)
    ease = np.where(kind == m.TROUSERS, outfit.trouser_ease + outfit.flare * down**1.5, ease)
    ease = np.where(kind == m.SHOES, 0.011, ease)
    ease = np.where(kind == m.HAIR, look.hair_volume, ease)
    ease = _smoothed(ease[:, None], np.full(len(rest), 0.5), rounds=4)[:, 0]  # hems end softly, not in steps
    rest = rest + vertex_normals(rest, body.data["faces"]) * ease[:, None]
    sole = (kind == m.SHOES) & (z < -0.795)
    rest[sole, 2] -= _SOLE
    return rest


def vertex_normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """`[v, 3]` unit normals, weighted by area."""
    corners = vertices[faces]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack(
        [np.bincount(faces.ravel(), np.repeat(face[:, axis], 3), len(vertices)) for axis in range(3)], axis=1
    )
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def _smoothed(values: Floats, share: Floats, rounds: int = 8) -> Floats:
    """Moves the values `[v, c]` of each vertex by its share towards the mean of its neighbours', `rounds` times."""
    pairs = edges()
    degree = np.maximum(np.bincount(pairs.ravel(), minlength=len(values)), 1)
    values = values.copy()
    for _ in range(rounds):
        _step(values, share, pairs, degree)
    return values


@compiled
def _step(values: Floats, share: Floats, pairs: NDArray[np.int32], degree: NDArray[np.int64]) -> None:
    before, after = np.zeros(values.shape), np.zeros(values.shape)
    for pair in range(pairs.shape[0]):
        first, second = pairs[pair, 0], pairs[pair, 1]
        for axis in range(values.shape[1]):
            before[first, axis] += values[second, axis]
            after[second, axis] += values[first, axis]
    for vertex in range(values.shape[0]):
        for axis in range(values.shape[1]):
            mean = (before[vertex, axis] + after[vertex, axis]) / degree[vertex]
            values[vertex, axis] += share[vertex] * (mean - values[vertex, axis])
