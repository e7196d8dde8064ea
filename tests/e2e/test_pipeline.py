"""The whole way on a small synthetic world: raw video → store → networks → numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaitprep.errors import StoreError
from gaitprep.store.reader import open_store
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.e2e.command import gaitprep, gaitprep_json

FRAMES = 30


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw videos, work folder and store of 4 walkers × 2 walks × 2 views."""
    root = tmp_path_factory.mktemp("pipeline")
    gaitprep(
        "synth", "--out", root / "raw", "--world", "indoor", "--subjects", 4, "--workers", 1,
        "--set", f"frames={FRAMES}", "--set", "conditions=[nm-01,nm-05]", "--set", "views=['054','090']",
    )  # fmt: skip
    for words in stages(root):
        gaitprep(*words)
    return root


def stages(root: Path) -> list[list[object]]:
    work = ["--work", root / "work", "--workers", 1]
    return [
        ["track", root / "raw", "--dataset", "synth-indoor", *work],
        ["segment", "--pipeline", "demo", *work],
        ["align", *work],
        ["pack", "--out", root / "store.zarr", "--name", "tiny", *work],
    ]


def test_every_walker_is_one_tracklet(root: Path) -> None:
    work = WorkDir(root / "work")
    lengths = []
    for video in sorted((root / "raw").rglob("*.mp4")):
        with open_work_file(work.file("track", str(video.relative_to(root / "raw").with_suffix("")))) as file:
            assert len(file.tracklets) == 1
            lengths.append(file.length(file.tracklets[0]))
    assert len(lengths) == 16
    assert min(lengths) >= FRAMES - 2


def test_masks_and_tracking_agree_with_the_truth(root: Path) -> None:
    found = gaitprep_json("score", "--work", root / "work", "--workers", 1)
    assert len(found["videos"]) == 16
    overall = found["overall"]
    assert (overall["IDF1"], overall["purity"], overall["IDSW"]) == (1, 1, 0)
    assert overall["mask"] >= 0.90
    assert overall["boundary"] >= 0.85
    assert overall["silhouette"] >= 0.85
    assert set(found["by"]["view"]) == {"054", "090"}


def test_no_frame_is_lost_on_the_way(root: Path) -> None:
    work = WorkDir(root / "work")
    tracked = 0
    for path in sorted((root / "work" / "track").rglob("*.h5")):
        with open_work_file(path) as file:
            tracked += sum(file.length(name) for name in file.tracklets)
    assert tracked == sum(record.counts["crops"] for record in work.ledger("track").latest().values())
    store = open_store(root / "store.zarr")
    assert int(store.sequences.length.sum()) == tracked
    assert sorted(set(store.sequences.subject)) == ["001", "002", "003", "004"]
    rgb, silhouette = store.sequence("rgb", 0), store.sequence("silhouette", 0)
    assert rgb.shape[1:] == (128, 128, 3)
    assert silhouette.shape[1:] == (64, 44)
    assert silhouette[store.sequence("valid", 0)].max(axis=(1, 2)).min() > 200


def test_a_rerun_does_nothing_and_says_so(root: Path) -> None:
    before = {
        path: path.stat().st_mtime_ns for path in root.rglob("*") if path.suffix == ".h5" or "store" in path.parts
    }
    for words in stages(root):
        done = gaitprep_json(*words)
        assert (done["planned"], done["failed"], done["finished"]) == ([], 0, True), words[0]
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())


def test_status_finds_everything_in_place(root: Path) -> None:
    found = gaitprep_json("status", "--work", root / "work")
    assert [stage["stage"] for stage in found] == ["track", "segment", "align", "pack store.zarr"]
    assert all(stage["ok"] == stage["units"] > 0 for stage in found), found


def test_a_changed_setting_redoes_only_what_depends_on_it(root: Path) -> None:
    words = stages(root)
    plans = {
        str(stage[0]): gaitprep_json(*stage, "--dry-run", *extra)["planned"]
        for stage, extra in zip(words, ([], [], ["--width", 64], []), strict=True)
    }
    assert plans["track"] == plans["segment"] == []
    assert len(plans["align"]) == 16
    assert {item["why"] for item in plans["align"]} == {"input or settings changed"}


def test_the_store_verifies(root: Path) -> None:
    gaitprep("verify", root / "store.zarr")
    shard = next(
        path for path in sorted((root / "store.zarr" / "rgb").rglob("*")) if path.is_file() and path.name == "0"
    )
    whole = shard.read_bytes()
    try:
        shard.write_bytes(whole[:-1])
        with pytest.raises(StoreError, match="rgb/c/0"):
            open_store(root / "store.zarr")
    finally:
        shard.write_bytes(whole)


def test_from_store_to_numbers(root: Path) -> None:
    runs = root / "runs"
    common = ["--store", root / "store.zarr", "--preset", "cpu"]
    small = [
        "--set", "recognition.subjects=2", "--set", "recognition.sequences=2",
        "--set", "joint.subjects=2", "--set", "joint.sequences=2", "--set", "segmentation.images=4",
    ]  # fmt: skip
    gaitprep("train", "segmentation", *common, "--out", runs / "unet", "--steps", 2, *small)
    gaitprep("train", "recognition", *common, "--out", runs / "gaitgl", "--steps", 2, *small)
    gaitprep(
        "train", "joint", *common, "--out", runs / "gaitedge", "--steps", 2, *small,
        "--segmentation", runs / "unet" / "model.safetensors",
        "--recognition", runs / "gaitgl" / "model.safetensors",
    )  # fmt: skip
    out = root / "numbers.json"
    table = gaitprep(
        "evaluate", "--store", root / "store.zarr", "--out", out,
        "--checkpoint", runs / "gaitgl" / "model.safetensors",
        "--checkpoint", runs / "gaitedge" / "model.safetensors",
    )  # fmt: skip
    assert "chance" in table.lower()
    assert "cpu" in table
    assert json.loads(out.read_text())
