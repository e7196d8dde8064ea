"""Curves of one cycle, with period 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]


def periodic(knots: Mapping[float, float]) -> Curve:
    """A periodic cubic spline through `knots` (phase in [0, 1) → value), for phases in [0, 1]."""
    from scipy.interpolate import CubicSpline

    phases, values = list(knots), list(knots.values())
    spline: Curve = CubicSpline([*phases, phases[0] + 1.0], [*values, values[0]], bc_type="periodic")
    return spline


def monotone(knots: Mapping[float, float]) -> Curve:
    """A periodic curve that never leaves the range of neighbouring knots, so level stretches stay exactly level."""
    from scipy.interpolate import PchipInterpolator

    phases, values = np.array(list(knots)), np.array(list(knots.values()))
    curve: Curve = PchipInterpolator(np.concatenate([phases + turn for turn in (-1, 0, 1)]), np.tile(values, 3))
    return curve
