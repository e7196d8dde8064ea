"""The verbs train and evaluate as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.evaluate import evaluate
from gaitprep.cli.train import train
from gaitprep.errors import UsageError
from tests.builders import build_store, protocol, walks

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(train)
app.command()(evaluate)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_store(tmp_path_factory.mktemp("cli"), walks(5, frames=6), name="toy", rules=protocol(["001-003"]))


TINY = {
    "segmentation": ["--set", "segmentation.network.channels=[4, 4, 8, 8]", "--set", "segmentation.images=4"],
    "recognition": [
        *["--set", "recognition.network.channels=[4, 4, 8, 8]", "--set", "recognition.subjects=2"],
        *["--set", "recognition.sequences=2", "--set", "recognition.frames=3"],
    ],
    "joint": ["--set", "joint.subjects=2", "--set", "joint.sequences=2", "--set", "joint.frames=3"],
}


def call(*arguments: str | Path, expect: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == expect, result.output
    return result.stdout, result.stderr


def learn(phase: str, store: Path, out: Path, *more: str | Path) -> tuple[str, str]:
    return call("train", phase, "--store", store, "--out", out, "--steps", "2", *TINY[phase], *more)


def test_three_phases_and_a_table(store: Path, tmp_path: Path) -> None:
    learn("segmentation", store, tmp_path / "unet")
    _, said = learn("recognition", store, tmp_path / "gaitgl")
    assert "recognition: 2 steps" in said
    assert "preset cpu" in said
    parts = ["--segmentation", tmp_path / "unet/model.safetensors"]
    parts += ["--recognition", tmp_path / "gaitgl/model.safetensors"]
    text, _ = learn("joint", store, tmp_path / "gaitedge", *parts, "--json")
    summary = json.loads(text)
    assert (summary["phase"], summary["steps"], summary["resumed_from"]) == ("joint", 2, 0)
    text, said = learn("joint", store, tmp_path / "gaitedge", *parts)
    assert text == ""
    assert "nothing to do" in said

    checkpoints = [item for name in ("unet", "gaitgl", "gaitedge") for item in ("--checkpoint", tmp_path / name)]
    checkpoints = [f"{item}/model.safetensors" if isinstance(item, Path) else item for item in checkpoints]
    text, said = call("evaluate", *checkpoints, "--store", store, "--out", tmp_path / "results.json", "-v")
    for words in ("U-Net", "GaitGL", "GaitEdge", "chance", "baseline", "rank-1 % by probe view"):
        assert words in text
    assert "no sequence of BG" in said
    text, _ = call("evaluate", *checkpoints, "--store", store, "--json")
    assert json.loads(text) == json.loads((tmp_path / "results.json").read_text())


def test_options_that_do_not_go_together_are_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot start from a network of the phase segmentation"):
        learn("recognition", store, tmp_path / "x", "--segmentation", "unet.safetensors")
    with pytest.raises(UsageError, match="trains the U-Net, not 'gaitgl'"):
        learn("segmentation", store, tmp_path / "x", "--method", "gaitgl")
    with pytest.raises(UsageError, match="starts from two trained networks"):
        learn("joint", store, tmp_path / "x", "--recognition", "gaitgl.safetensors")
    with pytest.raises(UsageError, match=r"recognition\.colour"):
        learn("recognition", store, tmp_path / "x", "--set", "recognition.colour=red")


def test_settings_come_from_a_pipeline_and_the_command_line_wins(store: Path, tmp_path: Path) -> None:
    pipeline = tmp_path / "mine.yaml"
    pipeline.write_text("train:\n  seed: 7\n  recognition: {rate: 0.25, weight_decay: 0.125}\n")
    learn("recognition", store, tmp_path / "run", "--pipeline", pipeline, "--set", "recognition.rate=0.5")
    config = json.loads((tmp_path / "run/config.json").read_text())
    assert (config["seed"], config["settings"]["rate"], config["settings"]["weight_decay"]) == (7, 0.5, 0.125)
    assert config["settings"]["steps"] == 2
