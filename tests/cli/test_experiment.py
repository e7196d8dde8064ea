"""The verb experiment as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.experiment import experiment
from gaitprep.errors import UsageError
from tests.builders import build_store, protocol, walks

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(experiment)

SMALL = """
base: training
methods: {gaitgl: [0]}
recognition:
  methods: {gaitgl: {network: {channels: [4, 4, 8, 8]}}}
  subjects: 2
  sequences: 2
  frames: 3
  steps: 2
"""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    root = tmp_path_factory.mktemp("stores")
    made = {name: build_store(root, walks(4, frames=4), name=name, rules=protocol(["001-002"])) for name in ("a", "b")}
    return [item for name, path in made.items() for item in ("--store", f"{name}={path}")]


def call(*arguments: str | Path, expect: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == expect, result.output
    return result.stdout, result.stderr


def test_two_processes_from_a_file_of_ones_own(stores: list[str], tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(SMALL)
    asked = ["cross-domain", "--config", mine, "--out", tmp_path / "runs", *stores]
    _, said = call(*asked, "--dry-run")
    assert "would do 8 of 8 units" in said
    assert "a-gaitgl-s0: new" in said
    assert not (tmp_path / "runs").exists()
    shown, said = call(*asked, "--workers", 2)
    assert "Colour alone" in shown
    assert "8/8" in said
    text, said = call(*asked, "--json")
    assert json.loads(text)["complete"]
    assert "would do 0 of 8" in call(*asked, "--dry-run")[1]
    # One setting goes before the file.
    _, said = call(*asked, "--dry-run", "--set", "recognition.steps=3")
    assert "would do 6 of 8 units" in said


def test_what_failed_is_named_and_the_exit_code_says_so(stores: list[str], tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(SMALL)
    asked = ["cross-domain", "--config", mine, "--out", tmp_path / "runs", *stores, "--workers", 1]
    _, said = call(*asked, "--set", "recognition.subjects=9", expect=3)
    assert "failed: b-gaitgl-s0: a batch takes 9 subjects, the store has 2 to train on" in said
    assert "failed: a-gaitgl-s0 on b: it needs a-gaitgl-s0, which failed" in said


@pytest.mark.parametrize("given", ["a.zarr", "=a.zarr", "a="])
def test_a_store_without_a_name_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="NAME=PATH"):
        call("cross-domain", "--out", tmp_path, "--store", given)
    with pytest.raises(UsageError, match="needs its stores"):
        call("cross-domain", "--out", tmp_path)
