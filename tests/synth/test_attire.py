"""What is worn and carried: where it should be, moving with the body."""

import numpy as np
import pytest

from gaitprep.synth import materials as m
from gaitprep.synth.attire import Attire, holds
from gaitprep.synth.backdrop import backdrop
from gaitprep.synth.body import Body
from gaitprep.synth.cloth import Cloth
from gaitprep.synth.daylight import light_on
from gaitprep.synth.dress import dressed
from gaitprep.synth.film import Film
from gaitprep.synth.motion import Walker
from gaitprep.synth.people import Person, Subject, person
from gaitprep.synth.seeds import stream
from gaitprep.synth.things import Kind, Thing
from gaitprep.synth.wardrobe import Hat, Outfit
from gaitprep.synth.worlds import WORLDS

FRAMES = 14
PLAIN = Cloth((90, 60, 60))


def _walker(kind: Kind | None, outfit: Outfit | None = None, subject: str = "002") -> Person:
    """A subject who carries a thing of a kind in the right hand or on the right side."""
    who = Subject.draw(1, "indoor", subject)
    outfit = outfit or Outfit.draw(1, "indoor", subject, "nm")
    thing = Thing(kind, -1, 1.0, PLAIN, PLAIN) if kind else None
    body = Body.of(who.phenotype)
    rest = dressed(body, who.look, outfit)
    walk = Walker(body, who.gait, rest, holds(body, rest, outfit, thing)).walk(np.arange(FRAMES) / 12)
    attire = Attire.of(body, rest, who.look, outfit, thing)
    transforms = attire.transforms(body, body.transforms(walk.rotations, walk.origin))
    return Person(who, outfit, thing, body, attire, transforms, who.gait, walk)


def _joint(walker: Person, frame: int, name: str) -> np.ndarray:
    bone = walker.body.bone(name)
    pose = walker.transforms[frame, bone]
    return np.asarray(pose[:, :3] @ walker.body.heads[bone] + pose[:, 3])


def _of(walker: Person, frame: int, material: int) -> np.ndarray:
    """The vertices of a material, in one frame."""
    used = np.unique(walker.faces[walker.paint.kinds == material])
    return walker.vertices(frame)[used]


def test_a_backpack_stays_on_the_back() -> None:
    walker = _walker("backpack")
    places = []
    for frame in range(FRAMES):
        bag, spine = _of(walker, frame, m.BAG), _joint(walker, frame, "spine02")
        places.append(np.linalg.norm(bag.mean(axis=0) - spine))
        assert bag[:, 1].min() < spine[1] + 0.13  # it touches the back: the walker faces −y
        assert bag[:, 1].mean() > spine[1] + 0.08
    assert np.ptp(places) < 0.01


@pytest.mark.parametrize("kind", ["handbag", "briefcase"])
def test_a_bag_hangs_from_the_hand_and_swings_a_little(kind: Kind) -> None:
    walker = _walker(kind)
    lean = []
    for frame in range(FRAMES):
        bag, hand = _of(walker, frame, m.BAG), _joint(walker, frame, "finger3-1.R")
        assert np.linalg.norm(_of(walker, frame, m.TRIM) - hand, axis=1).min() < 0.06
        assert bag[:, 2].max() < hand[2]
        assert bag[:, 2].min() > 0.1
        lean.append(bag.mean(axis=0)[1] - hand[1])
    assert 0.005 < np.ptp(lean) < 0.2


def test_a_trolley_rolls_behind() -> None:
    walker = _walker("trolley")
    for frame in range(FRAMES):
        case = _of(walker, frame, m.BAG)
        assert np.concatenate([case, _of(walker, frame, m.TRIM)])[:, 2].min() == pytest.approx(0.0, abs=0.03)
        assert case[:, 1].mean() > _joint(walker, frame, "root")[1] + 0.4


def test_a_phone_is_held_at_the_ear_by_an_arm_that_does_not_swing() -> None:
    walker = _walker("phone")
    hands = []
    for frame in range(FRAMES):
        phone, head = _of(walker, frame, m.TRIM), _joint(walker, frame, "head")
        ear = head + np.array([-0.088, 0.0, 0.05])
        assert np.linalg.norm(phone - ear, axis=1).min() < 0.09
        assert _joint(walker, frame, "lowerarm01.R")[2] < _joint(walker, frame, "upperarm01.R")[2]
        hands.append(_joint(walker, frame, "wrist.R") - head)
    assert np.ptp(hands, axis=0).max() < 0.06


def test_a_shoulder_bag_lies_at_the_hip_and_its_strap_on_the_trunk() -> None:
    walker = _walker("shoulder bag")
    body = len(walker.body.rest)
    for frame in range(0, FRAMES, 3):
        bag, strap = _of(walker, frame, m.BAG), _of(walker, frame, m.TRIM)
        assert np.linalg.norm(bag.mean(axis=0) - _joint(walker, frame, "upperleg01.R")) < 0.35
        skin = walker.vertices(frame)[:body]
        apart = np.min(np.linalg.norm(strap[:, None] - skin[None], axis=2), axis=1)
        assert np.median(apart) < 0.03
        assert apart.max() < 0.13
        assert np.ptp(strap[:, 2]) > 0.45


def test_hats_sit_on_the_head() -> None:
    usual = Outfit.draw(1, "indoor", "002", "nm")
    for kind in ("cap", "beanie", "brim"):
        walker = _walker(
            None, type(usual)(**{**vars(usual), "hat": Hat(kind, PLAIN, 0.0 if kind == "beanie" else 0.08)})
        )
        hat, bare = _of(walker, 3, m.HAT), walker.vertices(3)[: len(walker.body.rest)]
        assert 0.0 < hat[:, 2].max() - bare[:, 2].max() < 0.05
        assert np.linalg.norm(hat.mean(axis=0) - _joint(walker, 3, "head")) < 0.2


@pytest.mark.parametrize("subject", ["009", "010", "011"])
def test_long_hair_hangs_behind_the_face(subject: str) -> None:
    walker = _walker(None, subject=subject)
    assert walker.subject.look.cut != "short"
    for frame in range(0, FRAMES, 4):
        hair, head = _of(walker, frame, m.HAIR), _joint(walker, frame, "head")
        assert hair[:, 1].mean() > head[1]
        assert np.linalg.norm(hair - head, axis=1).max() < 0.5


def _area(walker: Person) -> float:
    camera, light = WORLDS["indoor"].cameras["054"], light_on("lab", 1, "001", "nm-01")
    scene = backdrop("lab", camera).lit(light)
    film = Film([walker], [camera] * len(walker.transforms), scene, light, 0.0, stream(1, "grain"))
    return float(np.mean([sights[0].full.sum() for _, sights in film.frames()]))


def test_masks_cover_what_is_worn_and_carried() -> None:
    bare = _area(_walker(None))
    for kind in ("backpack", "handbag", "trolley"):
        assert _area(_walker(kind)) > 1.02 * bare, kind
    coat = Outfit.draw(1, "indoor", "001", "cl", "over")
    assert coat.coat is not None
    assert _area(_walker(None, coat)) > 1.1 * bare


@pytest.mark.parametrize(("world", "condition"), [("indoor", "bg-01"), ("indoor", "cl-02"), ("outdoor", "5")])
def test_the_same_seed_gives_the_same_person(world: str, condition: str) -> None:
    one, other = (person(4, world, "003", condition, 3) for _ in range(2))
    assert one.outfit == other.outfit
    assert one.thing == other.thing
    np.testing.assert_array_equal(one.vertices(2), other.vertices(2))
    np.testing.assert_array_equal(one.paint.cloths, other.paint.cloths)
    assert one.faces.max() < len(one.vertices(0)) == len(one.paint.places)
    assert len(one.faces) == len(one.paint.kinds)
