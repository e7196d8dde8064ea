from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.pack import pack as pack_verb
from gaitprep.cli.verify import verify as verify_verb
from gaitprep.errors import StoreError, UsageError
from gaitprep.manifest.table import read_manifest
from gaitprep.pack import repair as repair_module
from gaitprep.pack.config import PackConfig
from gaitprep.pack.repair import Repaired, repair
from gaitprep.pack.stage import PackStage
from gaitprep.store.reader import open_store
from gaitprep.store.verify import verify
from gaitprep.work.layout import WorkDir
from tests.builders import Walk, build_work, pack, walks
from tests.pack.test_stage import tree

CONFIG = PackConfig.model_validate({"shard_frames": 30})

app = typer.Typer()
app.command("pack")(pack_verb)
app.command("verify")(verify_verb)


@pytest.fixture
def work(tmp_path: Path) -> WorkDir:
    return build_work(tmp_path / "work", walks(subjects=2, frames=13))


@pytest.fixture
def out(work: WorkDir, tmp_path: Path) -> Path:
    """A store of layout, name and protocol that no option repeats."""
    return pack(work, tmp_path / "out.zarr", config=CONFIG, name="hall")


def call(*arguments: object, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def mend(work: WorkDir, out: Path, **options: bool) -> Repaired:
    return repair(PackStage(PackConfig(), work, out, read_manifest(work.manifest), name="x"), **options)


def flip(path: Path, byte: int = 100) -> None:
    content = bytearray(path.read_bytes())
    content[byte] ^= 4
    path.write_bytes(content)


def test_a_repaired_store_is_byte_by_byte_what_it_was(work: WorkDir, out: Path) -> None:
    before = tree(out)
    flip(out / "rgb/c/1/0/0/0")
    flip(out / "valid/c/3", 5)
    flip(out / "mask/zarr.json")
    flip(out / "silhouette/zarr.json")
    flip(out / "sequences/view/c/0", 0)
    (out / "box/c/2/0").unlink()
    (out / "ratio/c/0").write_bytes(b"")
    (out / "pts/c/9").write_bytes(b"leftover")
    call("verify", out, code=5)
    untouched = (out / "rgb/c/2/0/0/0").stat().st_mtime_ns
    _, said = call("pack", "--work", work.root, "--out", out, "--repair")
    assert "rgb/c/1/0/0/0 was altered or missing, and is written again" in said
    assert "pts/c/9 was removed" in said
    assert tree(out) == before
    assert (out / "rgb/c/2/0/0/0").stat().st_mtime_ns == untouched
    call("verify", out)
    assert "nothing to repair" in call("pack", "--work", work.root, "--out", out, "--repair")[1]


def test_every_object_but_the_root_can_be_made_again(work: WorkDir, out: Path) -> None:
    before = tree(out)
    for key in [key for key in before if key != "zarr.json"]:
        (out / key).unlink()
    done = mend(work, out)
    assert sorted(done.made) == sorted(set(before) - {"zarr.json"})
    assert tree(out) == before


def test_looking_changes_nothing(work: WorkDir, out: Path) -> None:
    flip(out / "rgb/c/1/0/0/0")
    (out / "pts/c/9").write_bytes(b"leftover")
    before = tree(out)
    told, _ = call("pack", "--work", work.root, "--out", out, "--repair", "--dry-run", "--json")
    found = json.loads(told)
    assert (found["made"], found["removed"], found["left"]) == (["rgb/c/1/0/0/0"], ["pts/c/9"], {})
    assert tree(out) == before


def test_a_kill_costs_no_more_than_was_lost_before(work: WorkDir, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(out)
    keys = ["rgb/c/0/0/0/0", "mask/c/1/0/0", "frame/c/2"]
    for key in keys:
        flip(out / key, 9)
    publish, left = repair_module.publish_pieces, [2]

    def killing(path: Path, pieces: list[object]) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        publish(path, pieces)

    monkeypatch.setattr(repair_module, "publish_pieces", killing)
    with pytest.raises(KeyboardInterrupt):
        mend(work, out)
    monkeypatch.undo()
    assert [problem.key for problem in verify(out).problems] == sorted(keys[1:])
    mend(work, out)
    assert tree(out) == before


def test_what_has_changed_is_left_alone_and_named(work: WorkDir, out: Path) -> None:
    build_work(work.root, [Walk("001", "nm-01", "000", 13, invalid=4), *walks(subjects=2, frames=13)[1:]])
    work.file("align", "002-nm-02-090").unlink()
    for key in ("mask/c/0/0/0", "silhouette/c/3/0/0", "rgb/c/2/0/0/0"):
        flip(out / key, 9)
    altered = tree(out)
    done = mend(work, out)
    assert done.made == ["rgb/c/2/0/0/0"]
    assert done.left["mask/c/0/0/0"] == "what it was made from has changed"
    assert "002-nm-02-090" in done.left["silhouette/c/3/0/0"]
    assert {key for key, digest in tree(out).items() if altered[key] != digest} == {"rgb/c/2/0/0/0"}
    with pytest.raises(StoreError, match="2 altered objects could not be made again, mask/c/0/0/0 for one"):
        call("pack", "--work", work.root, "--out", out, "--repair")


def test_a_table_that_cannot_be_made_again_holds_up_its_shards(work: WorkDir, out: Path) -> None:
    build_work(work.root, walks(subjects=3, frames=13))
    flip(out / "sequences/video/c/0", 0)
    flip(out / "rgb/c/0/0/0/0")
    done = mend(work, out)
    assert done.made == []
    assert done.left == {
        "sequences/video/c/0": "what it was made from has changed",
        "rgb/c/0/0/0/0": "it cannot be made without sequences/video/c/0",
    }


def test_what_was_appended_from_elsewhere_stays(work: WorkDir, out: Path, tmp_path: Path) -> None:
    other = build_work(tmp_path / "other", [Walk("009", "nm-01", "090", 20)])
    call("pack", "--work", other.root, "--out", out, "--append", "--workers", 1)
    before = tree(out)
    for key in ("rgb/c/0/0/0/0", "rgb/c/4/0/0/0", "mask/zarr.json"):
        flip(out / key, 9)
    with pytest.raises(StoreError, match="1 altered objects could not be made again, rgb/c/4/0/0/0"):
        call("pack", "--work", work.root, "--out", out, "--repair")
    call("pack", "--work", other.root, "--out", out, "--repair")
    assert tree(out) == before
    for folder in (work, other):
        with pytest.raises(StoreError, match="it was appended to, and they would be lost"):
            call("pack", "--work", folder.root, "--out", out, "--workers", 1)
    root = (out / "zarr.json").read_bytes()
    (out / "zarr.json").write_bytes(root[:-9])
    with pytest.raises(StoreError, match="was appended to, and its zarr.json is damaged"):
        call("pack", "--work", work.root, "--out", out, "--repair", "--workers", 1)
    (out / "zarr.json").write_bytes(root)
    assert tree(out) == before


def test_a_store_without_a_root_is_finished_and_then_repaired(work: WorkDir, out: Path) -> None:
    before = tree(out)
    (out / "zarr.json").unlink()
    flip(out / "rgb/c/2/0/0/0")
    call(
        "pack", "--work", work.root, "--out", out, "--repair", "--workers", 1, "--set", "shard_frames=30",
        "--name", "hall",
    )  # fmt: skip
    after = tree(out)
    assert {key for key in before if after[key] != before[key]} == {"zarr.json"}  # no protocol was named
    assert verify(out).whole


def test_append_and_repair_exclude_each_other(work: WorkDir, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        call("pack", "--work", work.root, "--out", tmp_path / "x.zarr", "--append", "--repair")


def test_append_from_the_command_line(work: WorkDir, tmp_path: Path) -> None:
    out = tmp_path / "walks.zarr"
    call("pack", "--work", work.root, "--out", out, "--workers", 1, "--name", "hall")
    build_work(work.root, walks(subjects=3, frames=13))
    _, said = call("pack", "--work", work.root, "--out", out, "--workers", 1, "--append")
    assert "4 sequences, 52 frames" in said
    assert verify(out).whole
    assert "0 sequences" in call("pack", "--work", work.root, "--out", out, "--workers", 1, "--append")[1]
    flip(out / "rgb/c/0/0/0/0")
    call("pack", "--work", work.root, "--out", out, "--repair")
    assert verify(out).whole
    np.testing.assert_array_equal(np.unique(open_store(out).sequences.subject), ["001", "002", "003"])
