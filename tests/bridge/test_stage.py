"""Whole trees to stores: one bad sequence costs itself, a rerun does nothing, a kill loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from gaitprep.bridge import survey as survey_module
from gaitprep.errors import ManifestError, SourceError, StoreError
from gaitprep.manifest.protocol import load_protocol
from gaitprep.pack.repair import repair
from gaitprep.run import atomic
from gaitprep.store.reader import open_store
from gaitprep.store.verify import verify
from tests.bridge.test_unpickle import Call
from tests.bridge.trees import draw, imported, masks, plain, reasons, run, save, save_image, stage_of, star
from tests.builders import Walk, build_store


def tree(path: Path) -> dict[str, str]:
    return {
        item.relative_to(path).as_posix(): hashlib.sha256(item.read_bytes()).hexdigest()
        for item in sorted(path.rglob("*"))
        if item.is_file()
    }


def test_silhouettes_alone_are_a_valid_store(tmp_path: Path) -> None:
    store = imported(plain(tmp_path / "tree"), tmp_path / "out.zarr")
    assert store.arrays == ("silhouette", "frame", "valid")
    assert (len(store.sequences), store.frames) == (24, 168)
    row = 5
    labels = [str(getattr(store.sequences, name)[row]) for name in ("subject", "condition", "view", "video")]
    assert labels[3] == "/".join(labels[:3])
    data = np.load(tmp_path / "tree" / labels[3] / f"{labels[2]}.pkl", allow_pickle=True)
    np.testing.assert_array_equal(store.sequence("silhouette", row), data)
    assert verify(store.path).whole
    with pytest.raises(StoreError, match=r"out\.zarr has no rgb"):
        store.sequence("rgb", 0)


def test_the_four_arrays_of_casia_b_star(tmp_path: Path) -> None:
    store = imported(star(tmp_path / "tree"), tmp_path / "out.zarr")
    assert store.arrays == ("rgb", "mask", "silhouette", "ratio", "frame", "valid")
    np.testing.assert_array_equal(store.sequence("mask", 0), masks(5, 12))
    assert store.sequences.condition[0] == "bg-01"
    np.testing.assert_array_equal(store.sequence("rgb", 0), draw(5, 3, 128, 128, seed=12).transpose(0, 2, 3, 1))


def test_the_bytes_do_not_depend_on_workers(tmp_path: Path) -> None:
    root = star(tmp_path / "tree")
    one = imported(root, tmp_path / "one.zarr", workers=1)
    two = imported(root, tmp_path / "two.zarr", workers=2)
    assert tree(one.path) == tree(two.path)


def test_a_bad_sequence_costs_itself_and_is_listed(tmp_path: Path) -> None:
    root, trace = plain(tmp_path / "tree"), tmp_path / "executed"
    save(root / "001/nm-01/000/000.pkl", {"x": Call(os.system, f"touch {trace}")})
    (root / "001/nm-01/090/090.pkl").write_bytes(b"\x80\x04")
    save(root / "002/nm-01/000/000.pkl", draw(7, 64, 44))
    save(root / "002/nm-01/090/extra.pkl", np.ones(6))
    save(root / "002/bg-01/000/000.pkl", np.zeros((4, 64, 64), np.uint8))
    save(root / "002/bg-01/090/extra.pkl", np.ones(7))
    save(root / "stray.pkl", draw(7, 64, 64))
    store = imported(root, tmp_path / "out.zarr")
    assert not trace.exists()
    found = reasons(store)
    expected = {
        "001/nm-01/000": "000.pkl asks for posix.system",
        "001/nm-01/090": "090.pkl is cut off or no pickle",
        "002/nm-01/000": "its silhouette is 64×44, most are 64×64",
        "002/nm-01/090": "differ in length: silhouette 7, ratio 6",
        "002/bg-01/000": "0 of 4 frames are valid",
        "002/bg-01/090": "it has ratio, as most sequences have not",
        "tree": "its path is not <subject>/<condition>/<view>",
    }
    assert set(found) == set(expected)
    for name, words in expected.items():
        assert words in found[name]
    assert len(store.sequences) == 24 - 6
    assert str(tmp_path) not in json.dumps(store.excluded)


def test_a_sequence_without_an_array_that_was_asked_for(tmp_path: Path) -> None:
    root = star(tmp_path / "tree")
    (root / "001/nm-01/090/090-rgbs.pkl").unlink()
    assert reasons(imported(root, tmp_path / "a.zarr")) == {"001/nm-01/090": "it has no rgb, as most sequences have"}
    with pytest.raises(SourceError, match="none of rgb, mask, silhouette"):
        imported(root, tmp_path / "c.zarr", wanted=("ratio",))
    chosen = imported(root, tmp_path / "b.zarr", wanted=("silhouette", "mask"))
    assert chosen.arrays == ("mask", "silhouette", "frame", "valid")
    assert not chosen.excluded


def test_nothing_to_import_says_why_and_writes_nothing(tmp_path: Path) -> None:
    save(tmp_path / "tree/001/nm-01/090/a.pkl", {"no": "array"})
    with pytest.raises(
        SourceError, match=r"no sequence to import: 1 of 1.*001/nm-01/090: a\.pkl holds a value of type"
    ):
        imported(tmp_path / "tree", tmp_path / "out.zarr")
    with pytest.raises(SourceError, match="no .png or .jpg .* file below"):
        imported(tmp_path / "tree", tmp_path / "out.zarr", "images")
    assert not (tmp_path / "out.zarr").exists()


def test_a_tree_without_a_person_says_so_and_not_what_pack_would(tmp_path: Path) -> None:
    save(tmp_path / "tree/001/nm-01/090/a.pkl", np.zeros((4, 64, 44), np.uint8))
    with pytest.raises(SourceError, match=r"no sequence to import: 1 of 1.*0 of 4 frames are valid"):
        imported(tmp_path / "tree", tmp_path / "out.zarr")


def test_an_import_does_not_write_over_a_store_of_pack(tmp_path: Path) -> None:
    out = build_store(tmp_path, [Walk(frames=5)], name="packed")
    before = tree(out)
    with pytest.raises(StoreError, match="holds a store that gaitprep pack made"):
        imported(plain(tmp_path / "tree"), out)
    assert tree(out) == before


def test_a_repaired_import_is_byte_by_byte_what_it_was(tmp_path: Path) -> None:
    root, out = star(tmp_path / "tree"), tmp_path / "out.zarr"
    imported(root, out)
    before = tree(out)
    for key in ("rgb/c/0/0/0/0", "silhouette/c/1/0/0", "mask/zarr.json", "sequences/length/c/0"):
        content = bytearray((out / key).read_bytes())
        content[9] ^= 1
        (out / key).write_bytes(content)
    (out / "valid/c/1").unlink()
    assert len(repair(stage_of(root, out)).made) == 5
    assert tree(out) == before
    (out / "ratio/c/0").unlink()
    save(root / "001/bg-01/090/090-ratios.pkl", np.full(5, 0.9))
    (root / "001/nm-01/090/090-ratios.pkl").unlink()
    assert repair(stage_of(root, out)).made == []
    assert not (out / "ratio/c/0").exists()


def test_labels_come_from_a_protocol_where_one_is_given(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    for name in ("Silhouette_030-01/00007", "Silhouette_045-00/00008", "other/00008"):
        save_image(root / name / "0001.png", draw(64, 64, seed=len(name)))
    store = imported(root, tmp_path / "out.zarr", "images", dataset=load_protocol("ou-mvlp-released"))
    assert store.sequences.subject.tolist() == ["00007", "00008"]
    assert store.sequences.view.tolist() == ["030", "045"]
    assert "does not match the pattern of ou-mvlp-released" in reasons(store)["other/00008"]


def test_a_partition_becomes_the_protocol(tmp_path: Path) -> None:
    partition = tmp_path / "p.json"
    partition.write_text('{"TRAIN_SET": ["002"], "TEST_SET": ["001", "009"]}')
    store = imported(plain(tmp_path / "tree"), tmp_path / "out.zarr", partition=partition)
    assert store.protocol is not None
    split = store.protocol.split(store.sequences.subject.tolist())
    assert (split.train, split.test) == (["002"], ["001"])
    assert store.protocol.gallery == load_protocol("casia-b").gallery
    partition.write_text("{")
    with pytest.raises(ManifestError, match="not JSON"):
        stage_of(tmp_path / "tree", tmp_path / "out.zarr", partition=partition)


def test_a_rerun_reads_no_sequence_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, out = plain(tmp_path / "tree"), tmp_path / "out.zarr"
    imported(root, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    monkeypatch.setattr(survey_module, "read_leaf", pytest.fail)
    assert run(stage_of(root, out)).planned == []
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_changed_sequence_costs_its_shards_only(tmp_path: Path) -> None:
    root, out = plain(tmp_path / "tree"), tmp_path / "out.zarr"
    imported(root, out)
    save(root / "001/nm-01/000/000.pkl", draw(7, 64, 64, seed=99))
    planned = [unit for unit, _ in run(stage_of(root, out)).planned]
    assert planned == ["shard-00001"]
    again = imported(root, tmp_path / "fresh.zarr")
    assert tree(out) == tree(again.path)


def test_a_file_that_changes_while_it_is_imported_stops_the_store(tmp_path: Path) -> None:
    root, out = plain(tmp_path / "tree"), tmp_path / "out.zarr"
    stage = stage_of(root, out)
    save(root / "003/nm-05/090/090.pkl", draw(7, 64, 64, seed=99))
    with pytest.raises(StoreError, match=r"1 of 9 shards failed .*003/nm-05/090 was changed.*gaitprep import again"):
        run(stage)
    assert not (out / "zarr.json").exists()
    assert tree(imported(root, out).path) == tree(imported(root, tmp_path / "b.zarr").path)


class Killed(BaseException):
    """Stands for a kill: nothing below catches it."""


def test_a_kill_at_any_publication_leaves_no_half_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plain(tmp_path / "tree", subjects=2)
    whole = tree(imported(root, tmp_path / "whole.zarr").path)
    publish = atomic.publish
    for kill_at in range(1, 40, 8):
        out, events = tmp_path / f"{kill_at}.zarr", 0

        def killing(path: Path, out: Path = out, kill_at: int = kill_at):  # type: ignore[no-untyped-def]
            nonlocal events
            events += out in path.parents
            if events == kill_at:
                raise Killed
            return publish(path)

        monkeypatch.setattr(atomic, "publish", killing)
        with pytest.raises(Killed):
            run(stage_of(root, out))
        monkeypatch.undo()
        with pytest.raises(StoreError, match="unfinished|there is no store|not a gaitprep store"):
            open_store(out)
        assert tree(imported(root, out).path) == whole
