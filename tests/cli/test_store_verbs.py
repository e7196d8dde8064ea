from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.info import info
from gaitprep.cli.pack import pack
from gaitprep.cli.verify import verify
from gaitprep.errors import UsageError
from gaitprep.store.reader import open_store
from tests.builders import Walk, build_work

app = typer.Typer()
app.command("pack")(pack)
app.command("verify")(verify)
app.command("info")(info)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    sequences = [Walk("001", frames=12), Walk("002", frames=12), Walk("003", frames=5, invalid=5)]
    return build_work(tmp_path / "work", sequences, dataset="casia-b").root


def call(*arguments: object, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code
    return result.stdout, result.stderr


def test_pack_then_nothing_to_do(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "indoor.zarr"
    _, said = call("pack", "--work", work, "--out", out, "--workers", 1)
    assert "2 sequences, 24 frames, 1 left out" in said
    assert "003-nm-01-090 0001: 0 of 5 frames are valid" in said
    _, said = call("pack", "--work", work, "--out", out, "--workers", 1)
    assert "nothing to do" in said
    store = open_store(out)
    assert store.name == "indoor"
    assert store.protocol is not None
    assert store.protocol.name == "casia-b"


def test_a_dry_run_writes_no_store(work: Path, tmp_path: Path) -> None:
    _, said = call("pack", "--work", work, "--out", tmp_path / "x.zarr", "--dry-run", "--strict")
    assert "would do 1 of 1 units" in said
    assert not (tmp_path / "x.zarr").exists()


def test_strict_minds_what_was_left_out(work: Path, tmp_path: Path) -> None:
    call("pack", "--work", work, "--out", tmp_path / "x.zarr", "--workers", 1, "--strict", code=3)
    assert len(open_store(tmp_path / "x.zarr").sequences) == 2


def test_settings_reach_the_store(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.zarr"
    summary, _ = call(
        "pack", "--work", work, "--out", out, "--workers", 1, "--json", "--name", "street",
        "--set", "shard_frames=10", "--set", "silhouette.chunk_frames=5",
    )  # fmt: skip
    assert json.loads(summary)["counts"] == {"frames": 24}
    assert (out / "rgb/c/2/0/0/0").is_file()
    assert open_store(out).name == "street"
    with pytest.raises(UsageError, match=r"rgb\.codec"):
        call("pack", "--work", work, "--out", out, "--set", "rgb.codec=jpeg")


def test_verify_and_info_as_text_and_json(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.zarr"
    call("pack", "--work", work, "--out", out, "--workers", 1)
    assert "whole" in call("verify", out)[1]
    text, _ = call("info", out)
    assert "2 of 12 to 12 frames" in text
    assert "left out    003-nm-01-090 0001: 0 of 5" in text
    assert json.loads(call("info", out, "--json")[0])["bytes"]["rgb"] > 24 * 49152
    (out / "box/c/0/0").unlink()
    problems, said = call("verify", out, "--fast", code=5)
    assert problems.startswith("box/c/0/0\tmissing")
    assert "1 problems" in said
    report = json.loads(call("verify", out, "--json", code=5)[0])
    assert not report["whole"]
    assert report["problems"][0]["key"] == "box/c/0/0"
