"""Light: drawn for each walk, never from behind a house, scaled down at dusk."""

import numpy as np

from gaitprep.synth.daylight import dimmed, facts, light_on
from gaitprep.synth.sites import site


def test_each_walk_has_its_own_light_and_keeps_it() -> None:
    lights = [light_on("yard", 1, f"{n:03d}", "1") for n in range(30)]
    assert len({light.direction for light in lights}) == 30
    assert lights == [light_on("yard", 1, f"{n:03d}", "1") for n in range(30)]
    softness = {light.softness for light in lights}
    assert min(softness) <= 2
    assert max(softness) >= 5


def test_hard_light_casts_deeper_shadows() -> None:
    lights = sorted((light_on("park", 1, f"{n:03d}", "1") for n in range(40)), key=lambda light: light.shadow)
    assert lights[0].shadow < 0.1
    assert lights[-1].shadow > 0.3
    assert lights[0].softness > lights[-1].softness


def test_the_sun_is_never_behind_the_house() -> None:
    corner = site("street").corner
    for n in range(40):
        direction = np.array(light_on("street", 1, f"{n:03d}", "1").direction)
        assert corner.beyond(direction[None])[0] < 0.2


def test_facts_say_where_the_sun_stands() -> None:
    light = light_on("courtyard", 3, "007", "2")
    told = facts(light)
    azimuth, height = np.radians(told["azimuth"]), np.radians(told["height"])
    expected = (np.sin(azimuth) * np.cos(height), -np.cos(azimuth) * np.cos(height), np.sin(height))
    np.testing.assert_allclose(light.array()[0], expected, atol=1e-3)


def test_dusk_leaves_little_light() -> None:
    light = light_on("lab", 1, "001", "nm-01")
    assert np.sum(dimmed(light).array()[1:]) < 0.1 * np.sum(light.array()[1:])
