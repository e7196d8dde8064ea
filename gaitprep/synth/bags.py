"""Bags that are strapped to the body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.drape import height
from gaitprep.synth.dress import vertex_normals
from gaitprep.synth.outline import directions, outline
from gaitprep.synth.part import Part, clinging, rigid, superellipsoid, tube
from gaitprep.synth.rotations import about_x, about_z, apply

_COUNT = 32
_STRAP = 0.02  # metres, half its width
_THICK = 0.009  # metres from the cloth to the outside of a strap
_FREE = 0.07  # metres: a strap further than this from the body spans a gap, as next to the bag
_SHOULDER_STRAP = ((0.08, 0.62), (0.145, 0.36))  # x and height of its ends on the mean adult body, metres


def backpack(body: Body, rest: Floats, size: float, coat: float | None) -> list[Part]:
    """A backpack and its two straps on a dressed body `rest [v, 3]`; coat: metres that one stands off."""
    where, trunk = places(), _trunk()
    spine = trunk & (np.abs(where[:, 0]) < 0.1) & (where[:, 1] > 0.0)
    upper, lower = (spine & (np.abs(where[:, 2] - level) < 0.06) for level in (0.5, 0.33))
    points = [np.array([0.0, rest[part, 1].max(), rest[part, 2].mean()]) for part in (upper, lower)]
    lean = float(np.degrees(np.arctan2(points[0][1] - points[1][1], points[0][2] - points[1][2])))
    half = (0.14 * size, 0.075 * size, 0.21 * size)
    pocket = (0.1 * size, 0.035 * size, 0.1 * size)
    place = 0.5 * (points[0] + points[1])
    parts = []
    for box, centre in ((half, (0.0, half[1] - 0.012, 0.0)), (pocket, (0.0, 2 * half[1] - 0.012, -0.07 * size))):
        vertices, faces = superellipsoid(box, 0.45)
        vertices = apply(about_x(-lean), vertices + np.array(centre)) + place
        parts.append(rigid(vertices, faces, body.bone("spine02"), m.BAG))
    for side in (-1, 1):
        # Over the shoulder and down to under the arm.
        top, end = (np.array([side * x, 0.0, height(rest, where[:, 2], trunk, z)]) for x, z in _SHOULDER_STRAP)
        up = (top - end) / np.linalg.norm(top - end)
        axes = np.stack([np.array([0.0, 1.0, 0.0]), up])
        near = (
            trunk
            & (np.abs((rest - top) @ np.cross(*axes)) < 0.025)
            & (where[:, 2] > 0.36)
            & (side * where[:, 0] > 0.03)
        )
        parts.append(_strap(body, rest, near, rest[near].mean(axis=0), axes, coat, None))
    return parts


def shoulder_bag(body: Body, rest: Floats, size: float, side: int, room: float, coat: float | None) -> list[Part]:
    """A bag behind one hip, on a strap over the other shoulder.

    Args:
        room: metres that a coat or skirt stands off the hip; coat: that a coat stands off the trunk.
    """
    where, trunk = places(), _trunk()
    hip = (where[:, 3] == OFF_ARM) & (np.abs(where[:, 2] - 0.04) < 0.09)
    shoulder = np.array([-side * 0.1, 0.0, height(rest, where[:, 2], trunk, 0.6)])
    rear = apply(about_z(side * 40.0), np.array([side, 0.0, 0.0]))
    reach = float(np.max(rest[hip, :2] @ rear[:2])) + room
    low = height(rest, where[:, 2], hip, 0.03)
    half = (0.045 * size, 0.14 * size, 0.105 * size)
    vertices, faces = superellipsoid(half, 0.4)
    turned = float(np.degrees(np.arctan2(rear[1], rear[0])))
    hip_side = np.array([0.0, 0.0, low]) + rear * reach
    vertices = apply(about_z(turned), vertices) + hip_side + rear * (half[0] - 0.01)
    bag = rigid(vertices, faces, body.bone("root"), m.BAG)

    end = hip_side - 0.02 * rear + np.array([0.0, 0.0, half[2]])
    down = (end - shoulder) / np.linalg.norm(end - shoulder)
    across = np.array([0.0, 1.0, 0.0]) - down * down[1]
    axes = np.stack([down, across / np.linalg.norm(across)])
    middle = 0.5 * (shoulder + end)
    normal = np.cross(*axes)
    near = trunk & (where[:, 2] > 0.0) & (np.abs((rest[: len(where)] - middle) @ normal) < 0.03)
    return [bag, _strap(body, rest, near, middle, axes, coat, end + 0.03 * rear)]


def _trunk() -> NDArray[np.bool_]:
    where = places()
    return np.asarray((where[:, 3] == OFF_ARM) & (where[:, 2] < 0.66) & (where[:, 2] > -0.05))


def _strap(
    body: Body,
    rest: Floats,
    near: NDArray[np.bool_],
    middle: Floats,
    axes: Floats,
    coat: float | None,
    end: Floats | None,
) -> Part:
    """A band round a section of the trunk.

    Args:
        near: `[v]` the vertices of the section; middle: `[3]` a point inside; axes: `[2, 3]` of its plane.
        coat: metres that a coat stands off what is under it; None without a coat.
        end: `[3]` where a bag hangs on it.
    """
    held = rest[near] if end is None else np.concatenate([rest[near], end[None]])
    flat = (held - middle) @ axes.T
    loop = outline(flat, _COUNT)[:, None] * directions(_COUNT)
    normal = np.cross(*axes)
    if coat is not None:
        loop *= 1.0 + (coat + _THICK) / np.linalg.norm(loop, axis=1, keepdims=True)
    vertices = np.concatenate([loop @ axes + middle + normal * offset for offset in (_STRAP, 0.0, -_STRAP)])
    if coat is None:
        vertices = _laid_on(vertices, rest, vertex_normals(rest, body.data["faces"]), np.flatnonzero(near))
    return clinging(vertices, tube(3, _COUNT), body, rest, np.flatnonzero(near), m.TRIM)


def _laid_on(points: Floats, rest: Floats, normals: Floats, members: NDArray[np.intp]) -> Floats:
    """Brings points that are near the body onto it: a strap's thickness from the planes of the nearest vertices."""
    laid = points.copy()
    for index, point in enumerate(points):
        apart = np.linalg.norm(rest[members] - point, axis=1)
        nearest = np.argsort(apart, kind="stable")[:4]
        weight = 1.0 / (apart[nearest] + 0.005)
        own = members[nearest]
        above = np.einsum("ij,ij->i", point - rest[own], normals[own])
        way = np.einsum("i,ij->j", weight, normals[own])
        off = weight @ above / weight.sum() - _THICK
        laid[index] -= off * np.clip((_FREE - off) / (0.5 * _FREE), 0.0, 1.0) * way / np.linalg.norm(way)
    return laid
