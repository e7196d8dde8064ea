"""Per pixel: how much likelier is the body than the background, bare or in shadow? Compiled; see `appearance`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.compiled import compiled

LIGHTNESS_BINS, COLOUR_BINS = 32, 40
LIGHTNESS_STEP, COLOUR_STEP = 8.0, 6.0
CELL = LIGHTNESS_STEP * COLOUR_STEP * COLOUR_STEP
"""Volume of a bin of the colour table."""

ROWS, COLUMNS = 26, 20
TOP, DOWN = -0.15, 1.3  # the grid of places spans these heights, in heights of the person's box …
ASIDE = 1.25  # … and so many half-breadths to each side

UNIFORM = 4e-7  # density of a colour of which nothing is known: one over the volume of all colours
_ANY_COLOUR = 0.1  # share of a body's pixels whose colour was not met before
_HEAD, _WAIST, _BLEND = 0.15, 0.54, 0.04  # heights where the body's zones meet, and half the breadth of the seams

# Standard deviations: of the background as such, and per grey level of its measured spread. Where it is guessed, fixed.
_LIGHT_LEAST, _LIGHT_SPREAD, _LIGHT_GUESSED = 1.6, 2.5, 9.0
_COLOUR_LEAST, _COLOUR_SPREAD, _COLOUR_GUESSED = 1.0, 1.7, 5.0
_FLOOR = -22.0  # log density that any pixel of a background may have: leaves, insects, faulty pixels

# Shadow dims light and keeps colour: L + 16 and a, b shrink by the cube root of the light that is left (CIE L*a*b*).
_OFFSET = 41.0  # 16 on the scale 0–255
_DARKEST = 0.74  # cube root of 0.4
_SHADOW_COLOUR = 2.5  # standard deviation of its colour: the sky's light is not the sun's
_SHADOW_HIGH, _SHADOW_LOW = 0.002, 0.4  # chance that a pixel of the background lies in shadow: by the body, by the feet
_SHADOW_FROM, _SHADOW_TO = 0.7, 0.9  # heights between which it grows from one to the other


@compiled
def place(x: float, y: float, box: tuple[float, float, float, float]) -> tuple[int, int]:
    """Row and column of a pixel in the grid of places over the person's box."""
    height = (y + 0.5 - box[1]) / (box[3] - box[1])
    aside = (x + 0.5 - (box[0] + box[2]) / 2) / ((box[2] - box[0]) / 2)
    row = min(max(int((height - TOP) / DOWN * ROWS), 0), ROWS - 1)
    column = min(max(int((aside + ASIDE) / (2 * ASIDE) * COLUMNS), 0), COLUMNS - 1)
    return row, column


@compiled
def cell(lightness: float, a: float, b: float) -> tuple[int, int, int]:
    """Bin of a colour."""
    half = COLOUR_BINS * COLOUR_STEP / 2
    return (
        min(max(int(lightness / LIGHTNESS_STEP), 0), LIGHTNESS_BINS - 1),
        min(max(int((a + half) / COLOUR_STEP), 0), COLOUR_BINS - 1),
        min(max(int((b + half) / COLOUR_STEP), 0), COLOUR_BINS - 1),
    )


@compiled
def log_odds(
    lab: NDArray[np.float32],
    background: NDArray[np.float32],
    spread: NDArray[np.float32],
    seen: NDArray[np.bool_],
    box: tuple[float, float, float, float],
    density: NDArray[np.float32],
    prior: NDArray[np.float64],
    odds: NDArray[np.float32],
) -> None:
    """Writes the log odds of body against background.

    Args:
        lab, background: `[h, w, 3]`, see `View`; spread, seen: `[h, w]`; box: of the person, xyxy.
        density: `[3, LIGHTNESS_BINS, COLOUR_BINS, COLOUR_BINS]` of the body's colours at head, trunk and legs.
        prior: `[ROWS, COLUMNS]` log odds by place.
        odds: `[h, w]`, the result.
    """
    for y in range(lab.shape[0]):
        height = (y + 0.5 - box[1]) / (box[3] - box[1])
        low = min(max((height - _SHADOW_FROM) / (_SHADOW_TO - _SHADOW_FROM), 0.0), 1.0)
        in_shadow = _SHADOW_HIGH + (_SHADOW_LOW - _SHADOW_HIGH) * low
        zone, above, share = 0, 0, 0.0
        for seam in (_HEAD, _WAIST):
            if height > seam - _BLEND:
                above = zone
                zone += 1
                share = min(max((seam + _BLEND - height) / (2 * _BLEND), 0.0), 1.0)
        for x in range(lab.shape[1]):
            light, a, b = lab[y, x, 0], lab[y, x, 1], lab[y, x, 2]
            own, own_a, own_b = background[y, x, 0], background[y, x, 1], background[y, x, 2]
            if seen[y, x]:
                light_variance = _LIGHT_LEAST**2 + (_LIGHT_SPREAD * spread[y, x]) ** 2
                colour_variance = _COLOUR_LEAST**2 + (_COLOUR_SPREAD * spread[y, x]) ** 2
            else:
                light_variance, colour_variance = _LIGHT_GUESSED**2, _COLOUR_GUESSED**2
            bare = (
                -0.5 * ((light - own) ** 2 / light_variance + ((a - own_a) ** 2 + (b - own_b) ** 2) / colour_variance)
                - 0.5 * math.log(light_variance)
                - math.log(colour_variance)
                - 2.757  # 1.5 · log 2π
            )
            bare = max(bare, _FLOOR) + math.log(1 - in_shadow)
            shaded = -60.0
            left = (light + _OFFSET) / (own + _OFFSET)
            if left < 1.03:
                variance = _SHADOW_COLOUR**2 + colour_variance
                shaded = (
                    -0.5 * ((a - left * own_a) ** 2 + (b - left * own_b) ** 2) / variance
                    - math.log(6.2832 * variance)
                    - math.log((1 - _DARKEST) * (own + _OFFSET))
                )
                if left < _DARKEST:
                    shaded -= 0.5 * ((left - _DARKEST) / 0.03) ** 2
                elif left > 0.98:
                    shaded -= 0.5 * ((left - 0.98) / 0.02) ** 2
            shaded += math.log(in_shadow)
            most = max(bare, shaded)
            empty = most + math.log(math.exp(bare - most) + math.exp(shaded - most))
            i, j, k = cell(light, a, b)
            known = density[zone, i, j, k]
            if share > 0:
                known = share * density[above, i, j, k] + (1 - share) * known
            row, column = place(x, y, box)
            body = math.log((1 - _ANY_COLOUR) * known + _ANY_COLOUR * UNIFORM)
            odds[y, x] = body - empty + prior[row, column]


@compiled
def collect(
    lab: NDArray[np.float32],
    box: tuple[float, float, float, float],
    odds: NDArray[np.float32],
    colours: NDArray[np.float32],
    bodies: NDArray[np.float64],
    pixels: NDArray[np.float64],
) -> None:
    """Adds what one view says about the body's colours and places.

    Args:
        lab, box, odds: see `log_odds`.
        colours: `[3, LIGHTNESS_BINS, COLOUR_BINS, COLOUR_BINS]`, weight of the sure body pixels of a zone and colour.
        bodies, pixels: `[ROWS, COLUMNS]`, expected body pixels and all pixels of a place.
    """
    for y in range(lab.shape[0]):
        height = (y + 0.5 - box[1]) / (box[3] - box[1])
        for x in range(lab.shape[1]):
            row, column = place(x, y, box)
            chance = 1 / (1 + math.exp(-min(max(odds[y, x], -30.0), 30.0)))
            bodies[row, column] += chance
            pixels[row, column] += 1
            if chance > 0.8:
                i, j, k = cell(lab[y, x, 0], lab[y, x, 1], lab[y, x, 2])
                if height < _HEAD + 0.05:
                    colours[0, i, j, k] += chance
                if _HEAD - 0.05 < height < _WAIST + 0.06:
                    colours[1, i, j, k] += chance
                if height > _WAIST - 0.08:
                    colours[2, i, j, k] += chance
