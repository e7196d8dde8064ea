"""Gaits: plausible, personal, and nearly the same from day to day."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.synth.gait import Gait, spreads


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), name=st.text("0123456789", min_size=1, max_size=4))
def test_drawn_gaits_are_within_human_bounds(seed: int, name: str) -> None:
    for gait in (Gait.draw(seed, "indoor", name), Gait.draw(seed, "indoor", name).today(seed, name, "nm-02")):
        for parameter, (_, _, low, high) in spreads().items():
            assert low <= getattr(gait, parameter) <= high, parameter


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), phase=st.floats(-3, 3))
def test_joint_curves_are_periodic(seed: int, phase: float) -> None:
    gait = Gait.draw(seed, "indoor", "001")
    for curve in (gait.hip, gait.knee, gait.foot_pitch):
        np.testing.assert_allclose(curve(phase), curve(phase + 1.0), atol=1e-6)


def test_joint_curves_have_the_shape_of_walking() -> None:
    gait, phase = Gait(), np.linspace(0, 1, 500, endpoint=False)
    assert 55 < gait.knee(phase).max() < 65
    assert 0.68 < phase[gait.knee(phase).argmax()] < 0.76
    assert 0.45 < phase[gait.hip(phase).argmin()] < 0.56
    np.testing.assert_array_equal(gait.foot_pitch(np.linspace(0.1, 0.36, 30)), 0.0)


def test_people_can_be_told_apart_by_their_gait_but_walk_a_little_differently_each_time() -> None:
    """Nearest neighbour on the true parameters, one walk as gallery, another as probe."""
    scale = np.array([deviation for _, deviation, _, _ in spreads().values()])

    def walks(day: str) -> np.ndarray:
        people = [f"{i:03d}" for i in range(60)]
        gaits = [Gait.draw(3, "indoor", name).today(3, name, day) for name in people]
        return np.array([list(gait.as_dict().values()) for gait in gaits]) / scale

    gallery, probe = walks("nm-01"), walks("nm-05")
    distance = np.linalg.norm(gallery[:, None] - probe[None], axis=2)
    assert (distance.argmin(axis=0) == np.arange(60)).mean() > 0.95
    assert np.diag(distance).min() > 0
