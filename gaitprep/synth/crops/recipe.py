"""What the crops are a mixture of: shares and ranges, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

VERSION = 2
"""Raised whenever the same seed and number would give another crop."""


@dataclass(frozen=True)
class Recipe:
    """Shares of crops (0 to 1) that have something, and ranges that are drawn from.

    Attributes:
        poses: weights of the poses, see `poses.POSES`.
        over, carries: people in coats, skirts and hats; people with a bag, luggage or a phone.
        redyed: crops whose clothes have other colours than on the crops before.
        height: of the person in source pixels; drawn evenly on a logarithmic scale.
        margin, margin_spread: what the crop adds to the box on each side, as a share of the box's side: mean and half
            the range.
        box_jitter: how far each side of a detector's box is off, as a share of the box, standard deviation.
        shadow, reflection: cast on the floor.
        company: a second person stands before, behind or beside; hers is not the label.
        camouflage, dark, white: clothes that take their colours from the background; dark on dark; white on white.
        occluder: something stands before the person; cut: the picture's edge cuts the person.
        panorama: backgrounds from panoramas, where there are any.
        quality: JPEG quality, lowest and highest.
    """

    poses: tuple[float, ...] = (0.61, 0.12, 0.06, 0.04, 0.15, 0.02)
    over: float = 0.35
    carries: float = 0.4
    redyed: float = 0.7
    height: tuple[float, float] = (60.0, 320.0)
    margin: float = 0.08
    margin_spread: float = 0.035
    box_jitter: float = 0.012
    shadow: float = 0.45
    reflection: float = 0.16
    company: float = 0.22
    camouflage: float = 0.09
    dark: float = 0.05
    white: float = 0.04
    occluder: float = 0.05
    cut: float = 0.12
    panorama: float = 0.3
    quality: tuple[int, int] = (18, 92)

    def as_dict(self) -> dict[str, Any]:
        """Name → value, with the version."""
        return {"version": VERSION, **asdict(self)}


RECIPE = Recipe()
