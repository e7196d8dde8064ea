"""Things in the hand. Bags hang and swing on a bone of their own, a trolley rolls behind, a phone is held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body, Floats
from gaitprep.synth.part import Faces, Part, rigid, superellipsoid, tube
from gaitprep.synth.rotations import about_x, about_z
from gaitprep.synth.things import Kind, Thing

_TROLLEY = 1.04  # metres from grip to ground
_SWING = 0.35  # share of the arm's angle that a bag takes over
_MOST = 14.0  # degrees


@dataclass(frozen=True)
class Grip:
    """How a thing moves with a hand.

    Attributes:
        side: +1 left, −1 right; kind: of the thing.
    """

    side: int
    kind: Kind

    def transforms(self, body: Body, transforms: Floats) -> Floats:
        """`[n, 3, 4]` from the thing's own space (the grip at 0, z up, the front −y) to the world.

        Args:
            transforms: `[n, b, 3, 4]` of the body's bones.
        """
        end = ".L" if self.side > 0 else ".R"
        bones = {name: body.bone(name + end) for name in ("upperarm01", "finger3-1")}
        palm = np.mean([body.heads[body.bone(name + end)] for name in ("finger2-2", "finger5-2", "finger3-1")], axis=0)
        place, shoulder = (
            transforms[:, bone, :, :3] @ rest + transforms[:, bone, :, 3]
            for bone, rest in ((bones["finger3-1"], palm), (bones["upperarm01"], body.heads[bones["upperarm01"]]))
        )
        front = -transforms[:, 0, :, 1]
        yaw = np.degrees(np.arctan2(front[:, 0], -front[:, 1]))
        ahead = np.sum((place - shoulder)[:, :2] * front[:, :2], axis=1)
        if self.kind == "trolley":
            pitch = np.degrees(np.arccos(np.clip(place[:, 2] / _TROLLEY, 0.3, 1.0)))
        else:
            angle = np.degrees(np.arctan2(ahead, shoulder[:, 2] - place[:, 2]))
            pitch = -np.clip(_SWING * angle, -_MOST, _MOST)
        return np.concatenate([about_z(yaw) @ about_x(pitch), place[..., None]], axis=-1)


def in_hand(thing: Thing, bone: int) -> list[Part]:
    """A handbag, a briefcase or a trolley in its own space, on the bone with this number."""
    size = thing.size
    if thing.kind == "trolley":
        wide, deep, tall = 0.17, 0.1, 0.26
        case, faces = superellipsoid((wide, deep, tall), 0.3)
        parts = [rigid(case + np.array([0.0, 0.0, -_TROLLEY + tall + 0.04]), faces, bone, m.BAG)]
        for x in (-0.08, 0.08):
            rod, faces = superellipsoid((0.009, 0.009, 0.26), 0.5, 4, 6)
            parts.append(rigid(rod + np.array([x, 0.0, -0.26]), faces, bone, m.TRIM))
            wheel, faces = superellipsoid((0.018, 0.035, 0.035), 0.7, 7, 8)
            parts.append(rigid(wheel + np.array([1.7 * x, 0.03, -_TROLLEY + 0.035]), faces, bone, m.TRIM))
        bar, faces = superellipsoid((0.09, 0.013, 0.011), 0.5, 4, 8)
        return [*parts, rigid(bar, faces, bone, m.TRIM)]
    half = {"handbag": (0.05, 0.145, 0.11), "briefcase": (0.045, 0.2, 0.145)}[thing.kind]
    half = (half[0] * size, half[1] * size, half[2] * size)
    drop = 0.14 if thing.kind == "handbag" else 0.05
    box, faces = superellipsoid(half, 0.4)
    box[:, 1] *= 1.0 - (0.18 if thing.kind == "handbag" else 0.0) * (box[:, 2] / half[2])  # narrower at its mouth
    parts = [rigid(box - np.array([0.0, 0.0, drop + half[2]]), faces, bone, m.BAG)]
    return [*parts, *(rigid(*_handle(0.6 * half[1], drop + 0.01, x), bone, m.TRIM) for x in (-0.018, 0.018))]


def phone(body: Body, side: int) -> Part:
    """A phone in the palm of a hand."""
    end = ".L" if side > 0 else ".R"

    def head(name: str) -> Floats:
        return np.asarray(body.heads[body.bone(name + end)])

    along = head("finger3-1") - head("wrist")
    along /= np.linalg.norm(along)
    curl = head("finger3-3") - head("finger3-2")
    inwards = curl - along * (curl @ along)
    inwards /= np.linalg.norm(inwards)
    axes = np.stack([inwards, np.cross(along, inwards), along])
    box, faces = superellipsoid((0.006, 0.038, 0.078), 0.35, 7, 12)
    centre = head("finger3-1") + 0.03 * inwards - 0.01 * along
    return rigid(box @ axes + centre, faces, body.bone("wrist" + end), m.TRIM)


def _handle(wide: float, tall: float, x: float) -> tuple[Floats, Faces]:
    """A bow from the bag's mouth up to the hand: half an ellipse in the plane of y and z, its top at 0."""
    turn = np.linspace(0.0, 180.0, 11)
    middle = np.stack([np.full(11, x), -wide * np.cos(np.radians(turn)), tall * (np.sin(np.radians(turn)) - 1)], axis=1)
    outwards = np.stack([np.zeros(11), -np.cos(np.radians(turn)), np.sin(np.radians(turn))], axis=1)
    aside = np.broadcast_to([1.0, 0.0, 0.0], (11, 3))
    section = 0.006 * np.stack([aside, outwards, -aside, -outwards], axis=1)
    return (middle[:, None] + section).reshape(-1, 3), tube(11, 4)
