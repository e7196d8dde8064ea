from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.pack import pack
from gaitprep.cli.status import status
from gaitprep.errors import StoreError
from gaitprep.run import atomic
from tests.builders import Walk, build_work, walks

app = typer.Typer()
app.command("pack")(pack)
app.command("status")(status)

OLD = walks(subjects=2, frames=13)  # 104 frames
NEW = [Walk("000", frames=20), Walk("009", frames=25)]


def call(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def stores(work: Path) -> list[dict[str, Any]]:
    """What status says, without what is empty or zero."""
    said = json.loads(call("status", "--work", work, "--json"))
    return [{name: value for name, value in line.items() if value} for line in said]


def run_pack(work: Path, out: Path, *more: object) -> None:
    call("pack", "--work", work, "--out", out, "--workers", 1, "--set", "shard_frames=30", *more)


def kill(*_: object) -> None:
    raise RuntimeError("killed")


@pytest.fixture
def packed(tmp_path: Path) -> tuple[Path, Path]:
    """A store of four shards, and a work folder that has got more since."""
    work, out = build_work(tmp_path / "work", OLD).root, tmp_path / "out.zarr"
    run_pack(work, out)
    assert stores(work) == [{"stage": "pack out.zarr", "units": 4, "ok": 4}]
    build_work(work, [*OLD, *NEW])
    return work, out


def test_after_an_append_everything_is_in_place(packed: tuple[Path, Path]) -> None:
    work, out = packed
    run_pack(work, out, "--append")
    assert stores(work) == [{"stage": "pack out.zarr", "units": 6, "ok": 6}]
    assert call("status", "--work", work).split()[-7:] == ["out.zarr", "6", "6", "·", "·", "·", "·"]


def test_what_came_after_an_append_is_waiting(packed: tuple[Path, Path]) -> None:
    work, out = packed
    run_pack(work, out, "--append")
    build_work(work, [*OLD, *NEW, Walk("010", frames=31)])
    found = {"stage": "pack out.zarr", "units": 8, "ok": 6, "waiting": ["shard-00006", "shard-00007"]}
    assert stores(work) == [found]


def test_an_append_that_was_killed_is_waiting(packed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    work, out = packed
    with monkeypatch.context() as patch:
        patch.setattr("gaitprep.pack.append.extend", kill)
        with pytest.raises(RuntimeError, match="killed"):
            run_pack(work, out, "--append")
    found = {"stage": "pack out.zarr", "units": 6, "ok": 4, "waiting": ["shard-00004", "shard-00005"]}
    assert stores(work) == [found]
    run_pack(work, out, "--append")
    assert stores(work) == [{"stage": "pack out.zarr", "units": 6, "ok": 6}]


def test_packing_anew_after_an_append_is_a_plain_store_again(packed: tuple[Path, Path]) -> None:
    work, out = packed
    run_pack(work, out, "--append")
    run_pack(work, out)
    assert stores(work) == [{"stage": "pack out.zarr", "units": 5, "ok": 5}]


def test_a_store_from_elsewhere_that_was_appended_to_is_shown(packed: tuple[Path, Path], tmp_path: Path) -> None:
    _, out = packed
    other = build_work(tmp_path / "other", [Walk("020", frames=14)]).root
    run_pack(other, out, "--append")
    assert stores(other) == [{"stage": "pack out.zarr", "units": 5, "ok": 5}]


def test_a_lost_shard_and_a_changed_video_are_named(packed: tuple[Path, Path]) -> None:
    work, out = packed
    run_pack(work, out, "--append")
    build_work(work, [*OLD[:-1], Walk(OLD[-1].subject, OLD[-1].condition, OLD[-1].view, 9), *NEW])
    (found,) = stores(work)
    assert "has changed since it was packed" in found["blocked"]
    atomic.remove(out / "mask/c/1/0/0")
    (found,) = stores(work)
    assert "mask/c/1/0/0 is listed" in found["blocked"]
    with pytest.raises(StoreError, match="mask/c/1/0/0"):
        run_pack(work, out, "--append")
