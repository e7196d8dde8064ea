from __future__ import annotations

from pathlib import Path

import pytest

from gaitprep.errors import UsageError
from gaitprep.models.registry import configure
from gaitprep.train.config import JointConfig, RecognitionConfig, SegmentationConfig, TrainSettings
from gaitprep.train.network import RECOGNISERS
from gaitprep.train.preset import phase_config, preset_names

PAPER = TrainSettings(preset="paper")


def recognition(method: str, preset: str = "paper") -> RecognitionConfig:
    config = phase_config("recognition", TrainSettings(preset=preset), method=method)
    assert isinstance(config, RecognitionConfig)
    return config


def test_paper_holds_the_numbers_of_the_segmentation_phase() -> None:
    config = phase_config("segmentation", PAPER)
    assert isinstance(config, SegmentationConfig)
    assert (config.images, config.optimiser, config.rate, config.momentum) == (960, "sgd", 0.1, 0.9)
    assert (config.weight_decay, config.milestones, config.decay) == (5e-4, (10_000, 20_000), 0.1)
    assert (config.network, config.colours) == ({}, 0.0)


@pytest.mark.parametrize(
    ("method", "batch", "ordered", "optimiser", "rate", "decay", "milestones", "steps"),
    [
        ("gaitgl", (8, 8, 30, 0), True, "adam", 1e-4, 5e-4, (70_000,), 80_000),
        ("gaitset", (8, 16, 30, 0), False, "sgd", 0.1, 5e-4, (10_000, 20_000, 30_000), 40_000),
        ("gaitpart", (8, 16, 30, 10), True, "adam", 1e-4, 0.0, (100_000,), 120_000),
    ],
)
def test_paper_holds_the_numbers_of_each_recogniser(
    method: str,
    batch: tuple[int, ...],
    ordered: bool,
    optimiser: str,
    rate: float,
    decay: float,
    milestones: tuple[int, ...],
    steps: int,
) -> None:
    config = recognition(method)
    assert (config.subjects, config.sequences, config.frames, config.skip) == batch
    assert (config.ordered, config.optimiser, config.rate, config.weight_decay) == (ordered, optimiser, rate, decay)
    assert (config.milestones, config.steps, config.margin, config.network) == (milestones, steps, 0.2, {})


def test_paper_holds_the_numbers_of_the_joint_phase() -> None:
    config = phase_config("joint", PAPER)
    assert isinstance(config, JointConfig)
    assert (config.subjects, config.sequences, config.frames, config.ordered) == (8, 8, 30, True)
    assert (config.segmentation_rate, config.rate, config.segmentation_weight) == (1e-5, 1e-4, 10.0)
    assert (config.milestones, config.steps, config.method) == ((10_000,), 20_000, "gaitedge")


@pytest.mark.parametrize("preset", [name for name in preset_names() if name != "bundled"])
@pytest.mark.parametrize("method", RECOGNISERS)
def test_every_preset_fits_every_recogniser(preset: str, method: str) -> None:
    config = recognition(method, preset)
    assert config.method == method
    configure(method, **config.network)


def test_what_the_user_sets_wins() -> None:
    settings = TrainSettings(preset="cpu", recognition={"rate": 0.5, "network": {"strips": 4}, "method": "gaitset"})
    config = phase_config("recognition", settings, method="gaitgl", steps=3)
    assert isinstance(config, RecognitionConfig)
    assert (config.rate, config.steps, config.method) == (0.5, 3, "gaitgl")
    assert config.network == {"channels": [8, 16, 32, 32], "strips": 4}


def test_a_preset_of_ones_own_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("segmentation: {images: 2, steps: 5, optimiser: adam, rate: 0.01}\n")
    config = phase_config("segmentation", TrainSettings(preset=str(path)))
    assert (config.steps, config.optimiser) == (5, "adam")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"preset": "fast"}, "no preset 'fast'"),
        ({"preset": "nowhere.yaml"}, "nowhere.yaml does not exist"),
        ({"recognition": {"ratte": 1}}, "recognition.ratte"),
        ({"recognition": {"rate": -1}}, "recognition.rate cannot be -1"),
        ({"recognition": {"optimiser": "lion"}}, "recognition.optimiser cannot be 'lion'"),
        ({"recognition": {"subjects": 2, "sequences": 1}}, "recognition"),
    ],
)
def test_impossible_settings_are_named(settings: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        phase_config("recognition", TrainSettings(**settings))  # type: ignore[arg-type]
    assert raised.value.next_step or "does not exist" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"), [("- 1\n", "not a table of phases"), ("warmup: {}\n", "unknown phase 'warmup'")]
)
def test_a_file_that_is_no_preset_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        phase_config("joint", TrainSettings(preset=str(path)))


@pytest.mark.parametrize("method", ["small", "wide"])
def test_the_bundled_networks_have_their_own_sizes(method: str) -> None:
    config = phase_config("segmenter", TrainSettings(preset="bundled"), method=method)
    assert config.network["channels"] == {"small": [16, 32, 64, 128], "wide": [16, 32, 64, 128, 256]}[method]


def test_a_preset_without_the_phase_is_told() -> None:
    with pytest.raises(UsageError, match="no numbers for the phase recognition"):
        phase_config("recognition", TrainSettings(preset="bundled"))
