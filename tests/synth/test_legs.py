"""Inverse kinematics against forward kinematics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.synth.body import Body
from gaitprep.synth.legs import Leg
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.rotations import about_x


@pytest.fixture(scope="module")
def body() -> Body:
    return Body.of(Phenotype.draw(1, "indoor", "001"))


@settings(max_examples=40, deadline=None)
@given(
    share=st.floats(0.6, 0.999),
    forward=st.floats(-50, 50),
    aside=st.floats(-20, 20),
    turn=st.floats(-10, 15),
    side=st.sampled_from([1, -1]),
)
def test_the_ankle_gets_where_it_should(
    body: Body, share: float, forward: float, aside: float, turn: float, side: int
) -> None:
    leg, end = Leg.of(body, side), ".L" if side > 0 else ".R"
    direction = np.array([np.tan(np.radians(aside)), -np.tan(np.radians(forward)), -1.0])
    target = direction / np.linalg.norm(direction) * float(leg.reach(2.5)) * share
    hip, knee = leg.bend(target[None], turn)
    _, joints = body.chain({"upperleg01" + end: hip, "lowerleg01" + end: about_x(knee)})
    ankle, hip_joint = (joints[0, body.bone(name + end)] for name in ("foot", "upperleg01"))
    np.testing.assert_allclose(ankle - hip_joint, target, atol=1e-9)
    assert 0 < knee[0] < 130


def test_out_of_reach_the_leg_is_straight(body: Body) -> None:
    leg = Leg.of(body, 1)
    _, knee = leg.bend(np.array([[0.0, 0.0, -3.0]]), 0.0)
    assert leg.reach(knee)[0] == pytest.approx(leg.reach(np.linspace(-20, 20, 4001)).max(), abs=1e-6)
