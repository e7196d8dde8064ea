from __future__ import annotations

from pathlib import Path

import pytest

from gaitprep.errors import ManifestError, UsageError
from gaitprep.experiment.config import CrossDomainConfig, StructuringElementConfig, make_config, read_settings
from gaitprep.experiment.experiments import EXPERIMENTS
from gaitprep.manifest.bundled import bundled_names
from gaitprep.train.config import TrainSettings
from gaitprep.train.preset import phase_config


@pytest.mark.parametrize("name", list(EXPERIMENTS))
def test_every_experiment_has_settings_of_its_own_and_the_shared_ones(name: str) -> None:
    values = {**read_settings(name), "stores": {"a": "a.zarr"}}
    config = make_config(EXPERIMENTS[name].kind, name, values)
    shared = read_settings("training")
    assert {key: config.model_dump(mode="json")[key] for key in shared} == shared
    assert set(bundled_names("experiments")) == {"training", *EXPERIMENTS}


def test_bundled_settings_are_settings_of_the_phases() -> None:
    shared = read_settings("training")
    for phase in ("segmentation", "recognition", "joint"):
        departures = {name: value for name, value in shared[phase].items() if name != "methods"}
        phase_config(phase, TrainSettings.model_validate({phase: departures}))


def test_a_file_may_be_based_on_another(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("joint: {steps: 7, rate: 0.5}\nthreads: 3\n")
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"base: {tmp_path / 'base.yaml'}\njoint: {{steps: 9}}\n")
    assert read_settings(str(mine)) == {"joint": {"steps": 9, "rate": 0.5}, "threads": 3}
    (tmp_path / "base.yaml").write_text(f"base: {mine}\n")
    with pytest.raises(UsageError, match="based on itself"):
        read_settings(str(mine))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "needs its stores"),
        ({"stores": {"a": "a"}, "methods": {"gaitnet": [0]}}, "gaitnet"),
        ({"stores": {"a": "a"}, "methods": {"gaitgl": []}}, "methods.gaitgl"),
        ({"stores": {"a": "a"}, "methods": {"gaitgl": [0]}, "colour": 1}, "colour"),
    ],
)
def test_impossible_settings_are_named(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make_config(CrossDomainConfig, "mine.yaml", values)


def test_an_edge_without_a_centre_is_refused_before_anything_is_trained() -> None:
    values = {"stores": {"a": "a"}, "elements": [3, 4], "seeds": [0]}
    with pytest.raises(UsageError, match=r"elements\.1.*odd side"):
        make_config(StructuringElementConfig, "mine.yaml", values)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="bundled experiments"):
        read_settings("figure-8")
    (tmp_path / "list.yaml").write_text("- a\n")
    with pytest.raises(UsageError, match="no table of settings"):
        read_settings(str(tmp_path / "list.yaml"))
