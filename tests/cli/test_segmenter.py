"""`gaitprep train segmenter` as it is typed, and bundled networks where checkpoints are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.train import train
from gaitprep.errors import UsageError
from gaitprep.models.checkpoint import load_model
from gaitprep.synth.crops import backgrounds
from tests.builders import build_store, protocol, walks

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(train)
TINY = [
    "segmenter.network.channels=[4, 4, 4, 4, 4]",
    "segmenter.network.picture=[64, 64]",
    *["segmenter.images=3", "segmenter.crops=6", "segmenter.held_out=3", "segmenter.precision=fp32"],
]


def learn(*arguments: str | Path) -> str:
    settings = [part for setting in TINY for part in ("--set", setting)]
    result = CliRunner().invoke(app, [str(argument) for argument in (*arguments, *settings)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_crops_are_rendered_then_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backgrounds, "_TEXTURES", 3)
    backgrounds.load_backgrounds.cache_clear()
    options = ["segmenter", "--out", tmp_path / "run", "--steps", "2", "--workers", "1", "--json"]
    summary = json.loads(learn(*options))
    assert (summary["phase"], summary["preset"], summary["steps"]) == ("segmenter", "bundled", 2)
    model, info = load_model(tmp_path / "run" / "model.safetensors", architecture="silhouette")
    assert model.config.channels == (4, 4, 4, 4, 4)  # type: ignore[union-attr]
    assert 0 <= info.details["held_out_median_iou"] <= 1
    assert json.loads(learn(*options))["resumed_from"] == 2
    backgrounds.load_backgrounds.cache_clear()


def test_what_it_trains_on_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not on a store"):
        learn("segmenter", "--out", tmp_path, "--store", tmp_path)
    with pytest.raises(UsageError, match="there is no store"):
        learn("segmentation", "--out", tmp_path)
    with pytest.raises(UsageError, match="are for the phase segmenter"):
        learn("segmentation", "--out", tmp_path, "--store", tmp_path, "--crops", tmp_path)


def test_joint_training_starts_from_a_bundled_network(tmp_path: Path) -> None:
    store = build_store(tmp_path / "store", walks(4, frames=6), name="toy", rules=protocol(["001-003"]))
    common = ["--store", store, "--steps", "1", "--set", "recognition.network.channels=[4, 4, 8, 8]"]
    for phase in ("recognition", "joint"):
        common += ["--set", f"{phase}.subjects=2", "--set", f"{phase}.sequences=2", "--set", f"{phase}.frames=3"]
    learn("recognition", "--out", tmp_path / "gaitgl", *common)
    parts = ["--segmentation", "bundled-small", "--recognition", tmp_path / "gaitgl" / "model.safetensors"]
    learn("joint", "--out", tmp_path / "gaitedge", *common, *parts)
    _, info = load_model(tmp_path / "gaitedge" / "model.safetensors")
    assert info.sizes["unet_channels"] == [16, 32, 64, 128]
