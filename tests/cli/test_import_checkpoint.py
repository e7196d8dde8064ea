"""The verb import-checkpoint as it is typed, and what the verbs after it make of its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import typer
from typer.testing import CliRunner

from gaitprep.cli.evaluate import evaluate
from gaitprep.cli.import_checkpoint import Architecture, import_checkpoint
from gaitprep.cli.train import train
from gaitprep.errors import CheckpointError, StoreError, UsageError
from gaitprep.models.checkpoint import load_model
from gaitprep.models.registry import RELEASED
from tests.builders import build_store, protocol, walks
from tests.models.opengait.test_load import exported, network

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(train)
app.command()(evaluate)
app.command("import-checkpoint")(import_checkpoint)


def call(*arguments: str | Path) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def imported(architecture: str, folder: Path, *more: str) -> Path:
    torch.save({"model": exported(network(architecture))}, folder / "released.pt")
    out = folder / f"{architecture}.safetensors"
    call("import-checkpoint", folder / "released.pt", "--architecture", architecture, "--out", out, *more)
    return out


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_store(tmp_path_factory.mktemp("import"), walks(5, frames=4), name="toy", rules=protocol(["001-003"]))


def test_every_network_can_be_imported() -> None:
    assert {architecture.value for architecture in Architecture} == set(RELEASED)


def test_it_says_what_it_found(tmp_path: Path) -> None:
    torch.save(exported(network("gaitset")), tmp_path / "x.pt")
    words = ("import-checkpoint", tmp_path / "x.pt", "--architecture", "gaitset", "--out", tmp_path / "y.safetensors")
    text, said = call(*words)
    assert text == ""
    assert "gaitset with channels (4, 6, 8)" in said
    summary = json.loads(call(*words, "--json")[0])
    assert summary["sizes"]["embedding"] == 12
    assert load_model(Path(summary["checkpoint"]))[1].architecture == "gaitset"


def test_settings_other_than_the_released_ones(tmp_path: Path) -> None:
    info = load_model(imported("gaitedge", tmp_path, "--set", "align=exact", "--trained-on", "casia-b"))[1]
    assert (info.sizes["align"], info.sizes["mask_source"], info.trained_on) == ("exact", "given", ("casia-b",))
    with pytest.raises(UsageError, match="not of the form"):
        imported("gaitedge", tmp_path, "--set", "align")


def test_a_checkpoint_of_another_network_ends_in_an_error(tmp_path: Path) -> None:
    torch.save(exported(network("gaitset")), tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="not that of a gaitgl"):
        call("import-checkpoint", tmp_path / "x.pt", "--architecture", "gaitgl", "--out", tmp_path / "y")


def test_imported_networks_can_be_evaluated(store: Path, tmp_path: Path) -> None:
    checkpoints = [imported(name, tmp_path) for name in ("gaitgl", "gaitpart", "gaitedge", "gaitgl-e2e", "unet")]
    options = [word for path in checkpoints for word in ("--checkpoint", path)]
    text, _ = call("evaluate", *options, "--store", store)
    for words in ("GaitGL", "GaitPart", "GaitEdge", "GaitGL-E2E", "U-Net"):
        assert words in text


def test_a_network_that_needs_masks_says_so_of_a_store_without(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitprep.evaluate.runner.has_masks", lambda reader, row: False)
    with pytest.raises(StoreError, match="no reference masks"):
        call("evaluate", "--checkpoint", imported("gaitedge", tmp_path), "--store", store)
    rgb_is_enough = imported("gaitedge", tmp_path, "--set", "mask_source=predicted")
    assert "GaitEdge" in call("evaluate", "--checkpoint", rgb_is_enough, "--store", store)[0]


def test_imported_parts_start_joint_training(store: Path, tmp_path: Path) -> None:
    joint = ["train", "joint", "--store", store, "--segmentation", imported("unet", tmp_path), "--steps", "1"]
    joint += ["--set", "joint.subjects=2", "--set", "joint.sequences=2", "--set", "joint.frames=3"]
    call(*joint, "--recognition", imported("gaitgl", tmp_path), "--out", tmp_path / "run")
    with pytest.raises(CheckpointError, match="classifies other subjects") as raised:
        call(*joint, "--recognition", imported("gaitgl-large", tmp_path), "--out", tmp_path / "other")
    assert "5 subjects of an unknown domain, the store has 3" in raised.value.cause
