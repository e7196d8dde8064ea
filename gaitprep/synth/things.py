"""What people carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gaitprep.synth.cloth import Cloth
from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.tailor import cloth, near, within

Kind = Literal["backpack", "shoulder bag", "handbag", "briefcase", "trolley", "phone"]
BAGS: tuple[Kind, ...] = ("backpack", "shoulder bag", "handbag")
LUGGAGE: tuple[Kind, ...] = ("handbag", "briefcase", "trolley")


@dataclass(frozen=True)
class Thing:
    """Something that is carried.

    Attributes:
        side: +1 at or in the left hand, −1 the right; size: share of the usual length of its edges.
        trim: straps and handles.
    """

    kind: Kind
    side: int
    size: float
    cloth: Cloth
    trim: Cloth

    @staticmethod
    def draw(seed: int, world: str, subject: str, kinds: Sequence[Kind]) -> Thing:
        """The one of these kinds that a subject carries, in every walk that asks for one of them."""
        random = stream(seed, "thing", world, subject, *kinds)
        kind = kinds[choose(random, len(kinds))]
        side = 1 if random.random() < 0.35 else -1
        own = cloth(random, 0.09) if kind != "phone" else Cloth((24, 24, 28))
        return Thing(kind, side, within(random, 0.85, 1.15), own, Cloth(near(random, (46, 40, 36), 14)))

    def as_dict(self) -> dict[str, Any]:
        """Name → value."""
        return asdict(self)
