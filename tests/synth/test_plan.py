"""Plans: which videos a config asks for, named as the protocols expect."""

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import UsageError
from gaitprep.manifest.protocol import load_protocol
from gaitprep.synth.config import SynthConfig, presets
from gaitprep.synth.plan import takes
from gaitprep.synth.worlds import WORLDS


@pytest.mark.parametrize(("preset", "world"), [(preset, world) for preset in presets() for world in presets()[preset]])
def test_names_carry_the_labels_that_the_protocol_reads(preset: str, world: str) -> None:
    protocol = load_protocol(WORLDS[world].protocol)
    planned = takes(SynthConfig(world=world, preset=preset))
    for take in planned:
        assert protocol.labels(take.name) == (take.subject, take.condition, take.view)
    assert len({take.name for take in planned}) == len(planned)
    assert {take.condition for take in planned} & set(protocol.gallery)
    assert {take.condition for take in planned} & {c for group in protocol.probes.values() for c in group}


@pytest.mark.parametrize("world", ["indoor", "outdoor"])
def test_worlds_have_enough_people_and_all_kinds_of_walk(world: str) -> None:
    protocol = load_protocol(WORLDS[world].protocol)
    planned = takes(SynthConfig(world=world, preset="worlds"))
    split = protocol.split([take.subject for take in planned])
    assert (len(split.train), len(split.test)) == (30, 20)
    filmed = {take.condition for take in planned}
    assert all(filmed & set(group) for group in protocol.probes.values())
    assert len(filmed & set(protocol.gallery)) >= 1
    assert 20_000 < sum(take.frames for take in planned) < 30_000


def test_demo_is_as_documented() -> None:
    planned = takes(SynthConfig(world="indoor"))
    assert len(planned) == 16 * 2 * 3
    assert planned[0].name == "001/001-nm-01-054"
    assert {take.frames for take in planned} == {40}


def test_settings_override_the_preset() -> None:
    config = SynthConfig(world="outdoor", subjects=2, views=["12", "01"], conditions=["2"], frames=7, seed=5)
    planned = takes(config)
    assert [take.name for take in planned] == ["001/001-2-12", "001/001-2-01", "002/002-2-12", "002/002-2-01"]
    assert {(take.frames, take.seed) for take in planned} == {(7, 5)}


def test_more_than_999_subjects_still_sort_and_match() -> None:
    names = [take.subject for take in takes(SynthConfig(subjects=1200, views=["090"], conditions=["nm-01"]))]
    assert names == sorted(names)
    assert names[-1] == "1200"
    assert load_protocol("synth-indoor").labels("1200/1200-nm-01-090") == ("1200", "nm-01", "090")


@pytest.mark.parametrize(("setting", "word"), [({"views": ["091"]}, "view '091'"), ({"conditions": ["xx"]}, "'xx'")])
def test_what_a_world_does_not_have_is_refused(setting: dict[str, list[str]], word: str) -> None:
    with pytest.raises(UsageError, match=word) as caught:
        takes(SynthConfig.model_validate(setting))
    assert "nm-01" in caught.value.next_step or "090" in caught.value.next_step


def test_videos_lie_in_their_subjects_folder() -> None:
    assert Path(takes(SynthConfig())[0].name).parent == Path("001")


@pytest.mark.parametrize(
    ("preset", "world", "other"), [("casia-b", "outdoor", "indoor"), ("ttg-200", "indoor", "outdoor")]
)
def test_presets_of_the_other_world_are_refused(preset: str, world: str, other: str) -> None:
    with pytest.raises(UsageError, match=f"preset {preset} is not of the {world} world.*--world {other}"):
        takes(SynthConfig.model_validate({"preset": preset, "world": world}))


def test_the_big_presets_have_the_sizes_of_their_namesakes() -> None:
    assert {take.subject for take in takes(SynthConfig(preset="casia-b"))} == {f"{n:03d}" for n in range(1, 125)}
    assert len({take.view for take in takes(SynthConfig(preset="casia-b"))}) == 11
    campus = takes(SynthConfig(preset="ttg-200", world="outdoor"))
    assert (len({take.subject for take in campus}), len({take.view for take in campus})) == (200, 12)


def test_people_come_by_in_the_share_asked_for_and_for_all_cameras_of_a_site() -> None:
    def shares(share: float) -> list[int]:
        return [take.passers for take in takes(SynthConfig(world="outdoor", preset="small", passers=share))]

    assert set(shares(0.0)) == {0}
    assert set(shares(1.0)) == {1, 2}
    half = shares(0.5)
    assert 0.4 < np.mean(np.array(half) > 0) < 0.6
    assert all(len(set(half[i : i + 3])) == 1 for i in range(0, len(half), 3))
    assert {take.passers for take in takes(SynthConfig(world="indoor", preset="small"))} == {0}


def test_stressors_are_part_of_the_take_in_any_order() -> None:
    one, other, none = (
        takes(SynthConfig.model_validate({"stressors": names, "subjects": 1}))[0]
        for names in (["jitter", "flicker"], ["flicker", "jitter", "flicker"], [])
    )
    assert one == other
    assert one.stressors == ("flicker", "jitter")
    assert one.digest != none.digest
    assert one.name == none.name
