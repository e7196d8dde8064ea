"""Hats, collars, and hair that is more than a cap of the head's own shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.drape import height
from gaitprep.synth.outline import directions, outlines, secants
from gaitprep.synth.part import Part, clinging, rigid, rings, superellipsoid, tube
from gaitprep.synth.rotations import about_x, apply
from gaitprep.synth.wardrobe import Hat, Look

_COUNT = 24
_RIM = {"cap": 0.872, "beanie": 0.862, "brim": 0.876}  # metres on the mean adult body
_EASE = 0.006
_FALL = 0.25  # how fast hair draws in under the widest part of the head, metres per metre


def hat(body: Body, rest: Floats, worn: Hat) -> Part:
    """A hat on a dressed body `rest [v, 3]`."""
    head, centre = _head(body, rest)
    top = float(rest[head, 2].max())
    rim = height(rest, places()[:, 2], head, _RIM[worn.kind])
    inside = rest[head] - centre
    around = inside[inside[:, 2] > rim - 0.01] * (1.0, 1.0, 0.0)
    radius = outlines(around, np.zeros(1), 1.0, directions(_COUNT), secants(_COUNT))[0] + _EASE
    crown = top - rim + {"cap": 0.012, "beanie": 0.028, "brim": 0.022}[worn.kind]
    up = np.array([1.0, 0.97, 0.88, 0.7, 0.4, 0.0])
    radii = radius * (1.0 - up[:, None] ** 2.6) ** 0.45
    levels = rim + crown * up
    if worn.brim:
        front = -directions(_COUNT)[:, 1]
        share = np.sqrt(np.clip(1.4 * front - 0.4, 0.0, 1.0)) if worn.kind == "cap" else 0.85 + 0.15 * front**2
        radii = np.concatenate([radii, radius + 0.5 * worn.brim * share[None], radius + worn.brim * share[None]])
        levels = np.concatenate([levels, rim + np.array([-0.002, -0.016])])
    vertices = rings(radii, levels, directions(_COUNT)) + centre
    return rigid(vertices, tube(len(levels), _COUNT), body.bone("head"), m.HAT)


def hair(body: Body, rest: Floats, look: Look) -> list[Part]:
    """Long hair, a tail or a bun on a dressed body `rest [v, 3]`; nothing for short hair."""
    if look.cut == "short":
        return []
    if look.cut == "long":
        return [_long(body, rest, look.length)]
    head, _ = _head(body, rest)
    back = float(rest[head, 1].max())
    if look.cut == "bun":
        vertices, faces = superellipsoid((0.043, 0.036, 0.04), 1.0, 7, 12)
        knot = np.array([0.0, back + 0.016, height(rest, places()[:, 2], head, 0.89)])
        return [rigid(vertices + knot, faces, body.bone("head"), m.HAIR)]
    vertices, faces = superellipsoid((0.03, 0.03, 0.5 * look.length + 0.03), 0.8, 9, 10)
    vertices[:, :2] *= 0.65 + 0.35 * (vertices[:, 2:] / vertices[:, 2].max())  # thin at its end
    vertices[:, 2] -= vertices[:, 2].max()
    root = np.array([0.0, back, height(rest, places()[:, 2], head, 0.895)])
    return [rigid(apply(about_x(12.0), vertices) + root, faces, body.bone("head"), m.HAIR)]


def collar(body: Body, rest: Floats) -> Part:
    """A coat's collar, standing round the neck of a dressed body `rest [v, 3]`."""
    where = places()
    near = (where[:, 3] == OFF_ARM) & (np.abs(where[:, 2] - 0.68) < 0.08) & (np.abs(where[:, 0]) < 0.1)
    neck = near & (np.abs(where[:, 2] - 0.68) < 0.03)
    centre = np.array([0.0, float(np.mean(rest[neck, 1])), 0.0])
    levels = height(rest, where[:, 2], neck, 0.68) + np.array([0.03, 0.01, -0.015, -0.045])
    radius = outlines((rest[neck] - centre) * (1.0, 1.0, 0.0), np.zeros(1), 1.0, directions(_COUNT), secants(_COUNT))
    radii = radius + np.array([[0.016], [0.011], [0.016], [0.04]])
    # The neck leans ahead and the throat is bare.
    slope = 0.35 * radii * directions(_COUNT)[:, 1]
    vertices = rings(radii, levels, directions(_COUNT))
    vertices[:, 2] += slope.ravel()
    return clinging(vertices + centre, tube(4, _COUNT), body, rest, np.flatnonzero(near), m.SHIRT)


def _long(body: Body, rest: Floats, length: float) -> Part:
    """A sheet from ear to ear round the back of the head, down over neck and shoulders."""
    head, centre = _head(body, rest)
    where = places()
    near = (where[:, 3] == OFF_ARM) & (where[:, 2] > 0.4) & (np.abs(where[:, 0]) < 0.085) & (where[:, 1] > -0.1)
    top = height(rest, where[:, 2], head, 0.895)
    levels = np.arange(top, height(rest, where[:, 2], head, 0.74) - length, -0.03)
    way = directions(_COUNT)
    radii = outlines(rest[near] - centre, levels, 0.03, way, secants(_COUNT))
    radii += np.linspace(0.004, 0.02, len(levels))[:, None]
    for row in range(1, len(levels)):
        radii[row] = np.maximum(radii[row], radii[row - 1] - _FALL * (levels[row - 1] - levels[row]))
    behind = np.flatnonzero(way[:, 1] > -0.3)
    behind = np.roll(behind, -1 - int(np.argmax(np.diff(behind) > 1)))  # one run, from the left round to the right
    full = rings(radii, levels, way).reshape(len(levels), _COUNT, 3)
    full[:, :, 0] *= np.interp(levels, [levels[-1], levels[0] - 0.2], [0.7, 1.0])[:, None]
    vertices = full[:, behind].reshape(-1, 3) + centre
    faces = tube(len(levels), len(behind))
    faces = faces[np.ptp(faces % len(behind), axis=1) < 2]  # open in front
    return clinging(vertices, faces, body, rest, np.flatnonzero(near), m.HAIR)


def _head(body: Body, rest: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """The head's vertices, and its axis `[3]` on the floor of the rest space."""
    head = body.data["weight_bones"][:, 0] == body.bone("head")
    skull = head & (places()[:, 2] > 0.86)
    middle = 0.5 * (rest[skull, 1].min() + rest[skull, 1].max())
    return head, np.array([0.0, float(middle), 0.0])
