"""Curves of a cycle: through their knots, periodic, and level where they must be."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.synth.curves import monotone, periodic


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-60, 60), min_size=3, max_size=9))
def test_both_kinds_pass_their_knots_and_close(values: list[float]) -> None:
    phases = np.arange(len(values)) / len(values)
    for make in (periodic, monotone):
        curve = make(dict(zip(phases.tolist(), values, strict=True)))
        np.testing.assert_allclose(curve(phases), values, atol=1e-9)
        np.testing.assert_allclose(curve(np.array([1.0])), values[0], atol=1e-9)


def test_monotone_curves_stay_between_knots() -> None:
    curve = monotone({0.0: 20.0, 0.1: 0.0, 0.4: 0.0, 0.6: -50.0, 0.9: 25.0})
    assert np.ptp(curve(np.linspace(0.1, 0.4, 50))) == 0.0
    assert curve(np.linspace(0, 1, 500)).max() <= 25.0
