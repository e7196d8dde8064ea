from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.pack import pack as pack_verb
from gaitprep.cli.verify import verify as verify_verb
from gaitprep.errors import UsageError
from gaitprep.pack.config import PackConfig
from gaitprep.pack.repair import clear_altered
from gaitprep.pack.stage import pack_ledger
from gaitprep.store.verify import verify
from gaitprep.work.layout import WorkDir
from tests.builders import build_work, pack, walks
from tests.pack.test_stage import tree

CONFIG = PackConfig.model_validate({"shard_frames": 30})

app = typer.Typer()
app.command("pack")(pack_verb)
app.command("verify")(verify_verb)


@pytest.fixture
def work(tmp_path: Path) -> WorkDir:
    return build_work(tmp_path / "work", walks(subjects=2, frames=13))


def call(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stderr


def flip(path: Path, byte: int = 100) -> None:
    content = bytearray(path.read_bytes())
    content[byte] ^= 4
    path.write_bytes(content)


def test_altered_shards_are_made_again_byte_by_byte(work: WorkDir, tmp_path: Path) -> None:
    out = tmp_path / "walks.zarr"
    command = ("pack", "--work", work.root, "--out", out, "--workers", 1, "--set", "shard_frames=30")
    call(*command)
    before = tree(out)
    flip(out / "rgb/c/1/0/0/0")
    flip(out / "valid/c/3", 5)
    flip(out / "mask/zarr.json")
    flip(out / "sequences/view/c/0", 0)
    (out / "box/c/2/0").unlink()
    call("verify", out, code=5)
    untouched = (out / "rgb/c/2/0/0/0").stat().st_mtime_ns
    said = call(*command, "--repair")
    assert "rgb/c/1/0/0/0 was altered" in said
    assert "valid/c/3 was altered" in said
    assert tree(out) == before
    assert (out / "rgb/c/2/0/0/0").stat().st_mtime_ns == untouched
    call("verify", out)


def test_a_whole_store_is_left_alone(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert clear_altered(pack_ledger(work, out), out) == []
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == times


def test_the_root_goes_before_what_it_lists(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    flip(out / "pts/c/0")
    assert clear_altered(pack_ledger(work, out), out) == ["pts/c/0"]
    assert not (out / "zarr.json").exists()
    assert not (out / "pts/c/0").exists()
    pack(work, out, config=CONFIG)
    assert verify(out).whole


def test_append_and_repair_exclude_each_other(work: WorkDir, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        call("pack", "--work", work.root, "--out", tmp_path / "x.zarr", "--append", "--repair")


def test_append_from_the_command_line(work: WorkDir, tmp_path: Path) -> None:
    out = tmp_path / "walks.zarr"
    call("pack", "--work", work.root, "--out", out, "--workers", 1, "--name", "hall")
    build_work(work.root, walks(subjects=3, frames=13))
    assert "4 sequences, 52 frames" in call("pack", "--work", work.root, "--out", out, "--workers", 1, "--append")
    assert verify(out).whole
    assert "0 sequences" in call("pack", "--work", work.root, "--out", out, "--workers", 1, "--append")
