"""Everything that a person wears and carries, as one mesh with the body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth import materials as m
from gaitprep.synth.arms import Hold
from gaitprep.synth.bags import backpack, shoulder_bag
from gaitprep.synth.body import Body, Floats, skin
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.drape import Drape
from gaitprep.synth.headwear import collar, hair, hat
from gaitprep.synth.hung import Grip, in_hand, phone
from gaitprep.synth.paint import BY_PLACE, Paint
from gaitprep.synth.part import Faces, Part
from gaitprep.synth.things import LUGGAGE, Thing
from gaitprep.synth.wardrobe import Look, Outfit

_COAT_TOP, _SKIRT_TOP = 0.46, 0.22  # metres on the mean adult body
_TUCKED = 0.02  # metres
_HAND = 0.045  # metres, half a hand with some air


@dataclass(frozen=True)
class Attire:
    """A dressed body with what is worn and carried.

    Vertices are in this order: the body's, those of the parts, those of the drapes.

    Attributes:
        rest: `[p, 3]` the body's and the parts' vertices; weights, bones: `[p, k]` how bones move them, where number
            `b` is the bone of what is in the hand; drapes: what hangs; grip: what the hand does.
        faces: `[f, 3]` int32; paint: of all vertices.
    """

    rest: Floats
    weights: NDArray[np.float32]
    bones: NDArray[np.uint8]
    drapes: tuple[Drape, ...]
    grip: Grip | None
    faces: Faces
    paint: Paint

    @staticmethod
    def of(body: Body, rest: Floats, look: Look, outfit: Outfit, thing: Thing | None) -> Attire:
        """The attire of a dressed body `rest [v, 3]` (see `dressed`)."""
        drapes = []
        if outfit.skirt:
            drapes.append(Drape.of(body, rest, outfit.skirt, _SKIRT_TOP, 0.0, m.SKIRT))
        if outfit.coat:
            drapes.append(Drape.of(body, rest, outfit.coat, _COAT_TOP, _TUCKED, m.SHIRT))
        parts = hair(body, rest, look)
        if outfit.coat:
            parts.append(collar(body, rest))
        if outfit.hat:
            parts.append(hat(body, rest, outfit.hat))
        parts += _carried(body, rest, outfit, thing)
        grip = Grip(thing.side, thing.kind) if thing and thing.kind in LUGGAGE else None
        cut, cloths = m.cut(look, outfit), m.cloths(look, outfit, thing)
        return _joined(body, rest, parts, tuple(drapes), grip, cut, cloths)

    def transforms(self, body: Body, transforms: Floats) -> Floats:
        """Bone transforms `[n, b, 3, 4]` with that of what is in the hand, if anything."""
        if self.grip is None:
            return transforms
        return np.concatenate([transforms, self.grip.transforms(body, transforms)[:, None]], axis=1)

    def vertices(self, transforms: Floats) -> Floats:
        """`[v, 3]` in the world, in one pose `[b, 3, 4]`."""
        posed = skin(self.rest, transforms, self.weights, self.bones)
        if not self.drapes:
            return posed
        return np.concatenate([posed, *(drape.hang(posed, transforms[0]) for drape in self.drapes)])


def holds(body: Body, rest: Floats, outfit: Outfit, thing: Thing | None) -> dict[int, Hold]:
    """What the arms of a dressed body `rest [v, 3]` do: they keep clear of the hips, and hold what is in the hand."""
    where = places()
    hips = (where[:, 3] == OFF_ARM) & (np.abs(where[:, 2] - 0.03) < 0.09)
    shoulder, elbow, wrist = (body.joints[body.bone(name)] for name in ("upperarm01.L", "lowerarm01.L", "wrist.L"))
    reach = np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow)
    aside = float(np.abs(rest[hips, 0]).max()) + _room(outfit) + _HAND - shoulder[0]
    least = float(np.degrees(np.arcsin(np.clip(aside / reach, 0.0, 0.5))))
    both = {side: Hold(least=least, swing=0.85 if outfit.coat else 1.0) for side in (1, -1)}
    if thing is None:
        return both
    own = {
        "backpack": Hold(swing=0.85),
        "shoulder bag": Hold(spread=5.0, swing=0.6),
        "handbag": Hold(spread=3.0, swing=0.45, grip=True),
        "briefcase": Hold(spread=3.0, swing=0.4, grip=True),
        "trolley": Hold(spread=5.0, swing=0.12, forward=-16.0, grip=True),
        "phone": Hold(raised=True),
    }[thing.kind]
    return both | {thing.side: replace(own, least=least)}


def _room(outfit: Outfit) -> float:
    """How far a coat or skirt stands off the hips, metres."""
    return max([0.0, *(own.ease + 0.4 * own.flare + own.folds for own in (outfit.coat, outfit.skirt) if own)])


def _carried(body: Body, rest: Floats, outfit: Outfit, thing: Thing | None) -> list[Part]:
    if thing is None:
        return []
    coat = outfit.coat.ease if outfit.coat else None
    if thing.kind == "backpack":
        return backpack(body, rest, thing.size, coat)
    if thing.kind == "shoulder bag":
        return shoulder_bag(body, rest, thing.size, thing.side, _room(outfit), coat)
    if thing.kind == "phone":
        return [phone(body, thing.side)]
    return in_hand(thing, len(body.data.bones))


def _joined(
    body: Body,
    rest: Floats,
    parts: list[Part],
    drapes: tuple[Drape, ...],
    grip: Grip | None,
    cut: Floats,
    cloths: Floats,
) -> Attire:
    data = body.data
    meshes: list[Part | Drape] = [*parts, *drapes]
    slots = data["weights"].shape[1]

    def padded(arrays: list[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([np.pad(array, ((0, 0), (0, slots - array.shape[1]))) for array in arrays])

    starts = np.cumsum([len(rest), *(len(mesh.places) for mesh in meshes)])[: len(meshes)]
    moved = [mesh.faces + np.int32(start) for mesh, start in zip(meshes, starts, strict=True)]
    kinds = [BY_PLACE] * len(data["faces"]) + [mesh.material for mesh in meshes for _ in mesh.faces]
    return Attire(
        np.concatenate([rest, *(part.vertices for part in parts)]),
        padded([data["weights"], *(part.weights for part in parts)]),
        padded([data["weight_bones"], *(part.bones for part in parts)]),
        drapes,
        grip,
        np.concatenate([data["faces"], *moved]),
        Paint(np.concatenate([places(), *(mesh.places for mesh in meshes)]), np.array(kinds, np.int32), cut, cloths),
    )
