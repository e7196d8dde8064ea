"""Clothes: where they end, whom they belong to, and what they do to a body."""

import numpy as np

from gaitprep.synth import materials as m
from gaitprep.synth.body import Body
from gaitprep.synth.canon import OFF_ARM, places
from gaitprep.synth.dress import dressed
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.things import BAGS, LUGGAGE, Thing
from gaitprep.synth.wardrobe import Look, Outfit
from gaitprep.synth.worlds import WORLDS


def _outfit(condition: str, subject: str = "001", world: str = "indoor") -> Outfit:
    own = WORLDS[world].conditions[condition]
    return Outfit.draw(1, world, subject, own.outfit, own.wear)


def test_an_outfit_belongs_to_subject_and_group() -> None:
    assert _outfit("nm-01") == _outfit("nm-06") == _outfit("bg-02")
    assert _outfit("cl-01") == _outfit("cl-02") != _outfit("nm-01")
    assert _outfit("nm-01") != _outfit("nm-01", "002")
    outdoor = {_outfit(condition, world="outdoor").shirt for condition in "123456"}
    assert len(outdoor) == 4
    assert all(_outfit("1", world="outdoor") != _outfit(condition, world="outdoor") for condition in "23456")


def test_an_outfit_falls_a_little_differently_in_every_walk() -> None:
    outfit = _outfit("nm-01")
    one, other = outfit.today(1, "001", "nm-01"), outfit.today(1, "001", "nm-05")
    assert one != other
    assert abs(one.hem - other.hem) < 0.04
    assert (one.shirt, one.trousers, one.skirt) == (other.shirt, other.trousers, other.skirt)


def test_changed_clothes_change_the_silhouette() -> None:
    kinds = {"coat": 0, "skirt": 0, "hat": 0}
    for number in range(60):
        outfit = _outfit("cl-01", f"{number:03d}")
        usual = _outfit("nm-01", f"{number:03d}")
        assert outfit.coat or outfit.skirt or outfit.hat
        assert usual.coat is None
        assert usual.hat is None
        assert not (outfit.coat and outfit.skirt)
        for kind in kinds:
            kinds[kind] += getattr(outfit, kind) is not None
    assert kinds["coat"] > 25
    assert kinds["skirt"] > 5
    assert kinds["hat"] > 15


def test_who_carries_what() -> None:
    def thing(subject: str, condition: str, world: str) -> Thing:
        return Thing.draw(1, world, subject, WORLDS[world].conditions[condition].carries)

    subjects = [f"{number:03d}" for number in range(40)]
    assert all(thing(s, "bg-01", "indoor") == thing(s, "bg-02", "indoor") for s in subjects)
    assert {thing(s, "bg-01", "indoor").kind for s in subjects} == set(BAGS)
    assert {thing(s, "3", "outdoor").kind for s in subjects} == set(LUGGAGE)
    assert {thing(s, "5", "outdoor").kind for s in subjects} == {"phone"}
    assert {thing(s, "6", "outdoor").side for s in subjects} == {-1, 1}


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
