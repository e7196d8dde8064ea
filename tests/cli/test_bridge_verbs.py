"""`gaitprep import` and `gaitprep export` as a user sees them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.export import export
from gaitprep.cli.import_ import import_
from gaitprep.errors import SourceError, StoreError, UsageError
from gaitprep.store.reader import open_store
from tests.bridge.trees import draw, plain, save_image, star

app = typer.Typer()
app.add_typer(import_, name="import")
app.add_typer(export, name="export")


def call(*arguments: object, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def test_import_says_what_it_made_of_the_tree(tmp_path: Path) -> None:
    root, out = plain(tmp_path / "tree"), tmp_path / "b.zarr"
    (root / "003/bg-01/000/000.pkl").write_bytes(b"")
    told, _ = call("import", "opengait", root, "--out", tmp_path / "j.zarr", "--workers", 1, "--json")
    (left_out,) = json.loads(told)["left_out"]
    assert left_out["video"] == "003/bg-01/000"
    assert left_out["reason"].startswith("000.pkl is cut off")
    partition = tmp_path / "p.json"
    partition.write_text('{"TRAIN_SET": ["001"], "TEST_SET": ["002", "003"]}')
    _, said = call("import", "opengait", root, "--out", out, "--partition", partition, "--workers", 1)
    assert "23 sequences, 161 frames, 1 left out" in said
    assert "arrays: frame, silhouette 64×64, valid" in said
    assert "left out 003/bg-01/000: 000.pkl is cut off" in said
    assert "1 subjects train, 2 are tested" in said
    assert "no --dataset: nm-01, nm-02, nm-03, nm-04 is the gallery" in said
    assert open_store(out).name == "b"
    _, said = call(
        "import", "opengait", root, "--out", out, "--partition", partition, "--workers", 1, "--strict", code=3
    )
    assert "nothing to do" in said


def test_repair_writes_an_altered_shard_again(tmp_path: Path) -> None:
    root, out = plain(tmp_path / "tree"), tmp_path / "b.zarr"
    call("import", "opengait", root, "--out", out, "--workers", 1)
    shard = out / "silhouette/c/0/0/0"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    _, said = call("import", "opengait", root, "--out", out, "--workers", 1, "--repair")
    assert "silhouette/c/0/0/0 was altered or missing, and is written again" in said
    assert shard.read_bytes() == whole
    assert open_store(out).frames == 168


def test_a_named_set_brings_its_rules_and_what_is_lacking(tmp_path: Path) -> None:
    summary, said = call(
        "import", "opengait", plain(tmp_path / "tree"), "--out", tmp_path / "b.zarr", "--workers", 1, "--json",
        "--dataset", "casia-b-folders", "--width", 44, "--name", "casia", "--set", "shard_frames=30",
    )  # fmt: skip
    assert json.loads(summary)["counts"] == {"frames": 168}
    assert "incomplete: subjects: 3 of 124" in said
    assert "28 of the absent sequences are known to be missing in the release" in said
    store = open_store(tmp_path / "b.zarr")
    assert (store.name, store.protocol and store.protocol.name) == ("casia", "casia-b-folders")
    assert store.read("silhouette", 0, 1).shape == (1, 64, 44)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    root = plain(tmp_path / "tree", 1)
    _, said = call("import", "opengait", root, "--out", tmp_path / "b.zarr", "--dry-run", "--workers", 1)
    assert "would do 1 of 1 units" in said
    assert [path.name for path in tmp_path.iterdir()] == ["tree"]


def test_choices_among_pickles(tmp_path: Path) -> None:
    root = star(tmp_path / "tree", 1)
    for leaf in root.glob("*/*/*"):
        (leaf / "x.pkl").write_bytes(pickle.dumps(draw(5, 64, 44)))
    with pytest.raises(
        SourceError, match=r"no sequence to import.*090-aligned-sils\.pkl and x\.pkl both hold silhouette"
    ):
        call("import", "opengait", root, "--out", tmp_path / "b.zarr", "--workers", 1)
    call("import", "opengait", root, "--out", tmp_path / "b.zarr", "--workers", 1, "--file", "silhouette=*-aligned-*")
    assert open_store(tmp_path / "b.zarr").arrays == ("silhouette", "frame", "valid")
    with pytest.raises(UsageError, match="not of the form ARRAY=PATTERN"):
        call("import", "opengait", root, "--out", tmp_path / "b.zarr", "--file", "x")
    with pytest.raises(UsageError, match="setting width"):
        call("import", "opengait", root, "--out", tmp_path / "b.zarr", "--width", 50)


def test_images_in_and_out(tmp_path: Path) -> None:
    for frame in (2, 10, 1):
        save_image(tmp_path / f"tree/001/nm-01/090/001-nm-01-090-{frame:03d}.png", draw(64, 44, seed=frame))
    _, said = call("import", "images", tmp_path / "tree", "--out", tmp_path / "b.zarr", "--workers", 1)
    assert "silhouettes with grey pixels, kept: 3" in said
    assert "no protocol: every subject trains" in said
    _, said = call("export", "images", tmp_path / "b.zarr", tmp_path / "back")
    assert "1 sequences, 3 files written" in said
    names = sorted(path.name for path in (tmp_path / "back").rglob("*.png"))
    assert names == sorted(path.name for path in (tmp_path / "tree").rglob("*.png"))


def test_export_writes_tree_partition_and_video(tmp_path: Path) -> None:
    store = tmp_path / "b.zarr"
    call("import", "opengait", star(tmp_path / "tree"), "--out", store, "--dataset", "casia-b-star", "--workers", 1)
    told, _ = call("export", "opengait", store, tmp_path / "out", "--json")
    written = json.loads(told)
    assert (written["files"], written["kept"], written["invalid"]) == (32, 0, 0)
    assert json.loads((tmp_path / "out.json").read_text()) == {"TRAIN_SET": ["001", "002"], "TEST_SET": []}
    _, said = call("export", "opengait", store, tmp_path / "out", "--frames", "valid")
    assert "0 files written, 32 were there already" in said
    _, said = call("export", "video", store, "001/nm-01/090", tmp_path / "a.mp4")
    assert "5 frames" in said
    for arguments, message in (
        (("video", store, "0", tmp_path / "a.txt"), "no name of a video"),
        (("opengait", store, tmp_path / "x", "--array", "box"), "--array is 'box'"),
        (("opengait", store, tmp_path / "x", "--width", 50), "--width is '50'"),
        (("images", store, tmp_path / "x", "--frames", "some"), "--frames is 'some'"),
    ):
        with pytest.raises(UsageError, match=message):
            call("export", *arguments)
    with pytest.raises(StoreError, match="no sequence 'x'"):
        call("export", "video", store, "x", tmp_path / "b.mp4")
    assert not (tmp_path / "b.mp4").exists()
