"""Forecasts: what a plan will take, before it is begun."""

from gaitprep.synth.config import SynthConfig
from gaitprep.synth.forecast import forecast
from gaitprep.synth.plan import takes


def test_big_presets_take_hours_and_gigabytes() -> None:
    work = forecast(takes(SynthConfig(preset="ttg-200", world="outdoor", conditions=["1", "2"])))
    assert work.videos == 200 * 2 * 12
    assert work.frames == work.videos * 72
    assert 0.5 < work.seconds / 3600 < 2
    assert 0.2e9 < work.bytes < 2e9
    assert " h on 2 cores, " in forecast(takes(SynthConfig(preset="casia-b", frames=500))).words(2)


def test_more_people_are_more_work() -> None:
    alone, with_others = (
        forecast(takes(SynthConfig(world="outdoor", preset="small", passers=share))) for share in (0.0, 1.0)
    )
    assert with_others.seconds > 1.3 * alone.seconds
    assert with_others.bytes > 1.3 * alone.bytes


def test_words_are_short() -> None:
    text = forecast(takes(SynthConfig())).words(1)
    assert text == "96 videos, 3840 frames: about 1 min on 1 core, 7 MB"
