"""What a walker looks like, learned from the walker: colours by zone of the body and places in the box.

An expectation-maximisation in the manner of GrabCut, with two differences that a still camera allows: the background
is known pixel by pixel instead of as a mixture of colours, and all frames of a tracklet teach one model. Colours that
are close to the background in one place are known from others; shadow is a third explanation beside the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from gaitprep.segment import likelihood
from gaitprep.segment.likelihood import COLUMNS, ROWS
from gaitprep.segment.view import Floats, View

_ROUNDS = 3
_LEAST_COLOURS = 50.0  # sure pixels from which a zone's colours are believed
_BODIES_KNOWN = 20  # frames that the general shape of walkers counts for beside those seen
_MEMORY = 0.5  # weight of earlier frames of the tracklet
_SURE = 3.0  # log odds of the general shape at its middle …
_BELIEF = (0.03, 0.95)  # … and the chances that a place can have at most


@dataclass(frozen=True)
class Appearance:
    """A walker's colours and places.

    Attributes:
        colours: `[3, bins]` weights of colours seen at head, trunk and legs.
        bodies, pixels: `[ROWS, COLUMNS]` body pixels and all pixels met at each place.
    """

    colours: Floats
    bodies: NDArray[np.float64]
    pixels: NDArray[np.float64]

    @staticmethod
    def unknown() -> Appearance:
        """Of somebody not seen before."""
        bins = (3, likelihood.LIGHTNESS_BINS, likelihood.COLOUR_BINS, likelihood.COLOUR_BINS)
        return Appearance(np.zeros(bins, np.float32), np.zeros((ROWS, COLUMNS)), np.zeros((ROWS, COLUMNS)))

    def density(self) -> Floats:
        """Of the body's colours; even where too little was seen."""
        density = np.full_like(self.colours, likelihood.UNIFORM)
        for zone, weights in enumerate(self.colours):
            total = float(weights.sum())
            if total > _LEAST_COLOURS:
                density[zone] = gaussian_filter(weights, 0.7, mode="constant") / (total * likelihood.CELL)
        return density

    def prior(self, frames: int) -> NDArray[np.float64]:
        """Log odds of body by place, from `frames` frames and the general shape of walkers."""
        weight = _BODIES_KNOWN * self.pixels.mean() / frames if frames else 1.0
        general = 1 / (1 + np.exp(-_general_shape()))
        chance = (self.bodies + weight * general) / np.maximum(self.pixels + weight, 1e-9)
        chance = np.clip(gaussian_filter(chance, 0.7), *_BELIEF) if frames else general
        return np.asarray(np.log(chance / (1 - chance)))


def separate(views: Sequence[View], before: Appearance | None = None) -> tuple[list[Floats], Appearance]:
    """Tells the walker from the background in several frames of one tracklet.

    Args:
        views: in order of time.
        before: the appearance in earlier frames.

    Returns:
        for each view the log odds `[h, w]` of body; and the appearance, to go on with.
    """
    odds = [np.zeros(view.lab.shape[:2], np.float32) for view in views]
    appearance = before or Appearance.unknown()
    frames = len(views) if before else 0
    for turn in range(_ROUNDS):
        density, prior = appearance.density(), appearance.prior(frames)
        for view, result in zip(views, odds, strict=True):
            likelihood.log_odds(
                view.lab, view.lab_background, view.spread, view.seen, view.person, density, prior, result
            )
        if turn < _ROUNDS - 1:
            appearance = _learn(views, odds, before)
            frames = len(views)
    return odds, appearance


def _learn(views: Sequence[View], odds: Sequence[Floats], before: Appearance | None) -> Appearance:
    learned = Appearance.unknown()
    for view, result in zip(views, odds, strict=True):
        likelihood.collect(view.lab, view.person, result, learned.colours, learned.bodies, learned.pixels)
    if before is not None:
        for mine, earlier in (
            (learned.colours, before.colours),
            (learned.bodies, before.bodies),
            (learned.pixels, before.pixels),
        ):
            mine += _MEMORY * earlier
    return learned


def _general_shape() -> NDArray[np.float64]:
    """Log odds of body by place for walkers in general: surest along the upright middle of head, trunk and thighs."""
    heights = (np.arange(ROWS) + 0.5) / ROWS * likelihood.DOWN + likelihood.TOP
    aside = np.abs((np.arange(COLUMNS) + 0.5) / COLUMNS * 2 - 1) * likelihood.ASIDE
    reach = np.interp(heights, (0, 0.03, 0.13, 0.2, 0.5, 0.6, 1), (0.25, 0.4, 0.5, 0.8, 0.9, 0.9, 1))[:, None]
    core = np.interp(heights, (0, 0.03, 0.13, 0.2, 0.5, 0.6, 0.8, 1), (0.05, 0.15, 0.15, 0.3, 0.35, 0.3, 0.15, 0))
    inside = np.clip((reach - aside) / np.maximum(reach - core[:, None], 1e-3), -1, 1)
    outside = ((heights < 0) | (heights > 1))[:, None]
    return np.asarray(0.6 * _SURE * np.where(outside, -1, inside) - 0.5)
