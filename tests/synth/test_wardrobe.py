"""Clothes: where they end, whom they belong to, and what they do to a body."""

import numpy as np

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.dress import dressed
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.wardrobe import Look, Outfit
from gaitprep.synth.worlds import WORLDS


def _outfit(condition: str, subject: str = "001") -> Outfit:
    return Outfit.draw(1, "indoor", subject, WORLDS["indoor"].conditions[condition].outfit)


def test_an_outfit_belongs_to_subject_and_group() -> None:
    assert _outfit("nm-01") == _outfit("nm-06")
    assert _outfit("nm-01") != _outfit("nm-01", "002")
    outdoor = WORLDS["outdoor"].conditions
    assert outdoor["1"].outfit != outdoor["2"].outfit


def test_every_part_of_the_body_has_its_material() -> None:
    outfit, look = _outfit("nm-01"), Look.draw(1, "indoor", "001")
    kind = m.materials(places(), m.cut(look, outfit))
    x, y, z, arm = places().T
    assert set(kind) == {m.SKIN, m.HAIR, m.SHIRT, m.TROUSERS, m.SHOES, m.EYES}
    assert (kind[z > 0.92] == m.HAIR).all()
    assert (kind[arm > 1.05] == m.SKIN).all()
    body = arm == OFF_ARM
    assert (kind[body & (z < -0.78)] == m.SHOES).all()
    assert (kind[body & (z > 0.25) & (z < 0.5)] == m.SHIRT).all()
    assert (kind[body & (z > -0.2) & (z < 0.0)] == m.TROUSERS).all()
    assert (y[kind == m.EYES] < -0.1).all()
    assert abs(x[kind == m.SHIRT].mean()) < 0.01


def test_sleeves_end_where_the_outfit_says() -> None:
    look, arm = Look.draw(1, "indoor", "001"), places()[:, 3]
    for subject in ("001", "002", "003", "004"):
        outfit = _outfit("nm-01", subject)
        shirt = m.materials(places(), m.cut(look, outfit)) == m.SHIRT
        assert arm[shirt].max() < outfit.sleeve <= arm[~shirt & (arm > 0)].min() + 1e-9


def test_clothes_lie_outside_the_body_and_soles_thicken_it() -> None:
    body = Body.of(Phenotype())
    clad = dressed(body, Look.draw(1, "indoor", "001"), _outfit("nm-01"))
    trunk = (np.abs(places()[:, 2] - 0.35) < 0.1) & (places()[:, 3] == OFF_ARM)
    assert np.hypot(*clad[trunk, :2].T).mean() > np.hypot(*body.rest[trunk, :2].T).mean()
    assert 0.005 < body.rest[:, 2].min() - clad[:, 2].min() < 0.04
    assert np.linalg.norm(clad - body.rest, axis=1).max() < 0.08
