from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr

from gaitprep.errors import StoreError, WorkError
from gaitprep.manifest.table import read_manifest
from gaitprep.pack.append import AppendStage
from gaitprep.pack.config import PackConfig
from gaitprep.pack.stage import pack_ledger
from gaitprep.run import atomic
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.verify import verify
from gaitprep.work.layout import WorkDir
from tests.builders import Walk, build_work, draw_masks, pack, walks
from tests.pack.test_stage import tree

CONFIG = PackConfig.model_validate({"shard_frames": 30, "silhouette": {"chunk_frames": 15}})
OLD = walks(subjects=2, frames=13)  # 104 frames: three shards and 14 frames of a fourth
NEW = [Walk("000", frames=20), Walk("009", frames=25)]  # would be sorted before and behind the old ones


@pytest.fixture
def store(tmp_path: Path) -> tuple[WorkDir, Path]:
    work = build_work(tmp_path / "work", OLD)
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    build_work(work.root, [*OLD, *NEW])
    return work, out


def append(work: WorkDir, out: Path, workers: int = 1) -> Summary:
    stage = AppendStage(PackConfig(), work, out, read_manifest(work.manifest))
    return run_stage(stage, pack_ledger(work, out, stage="append"), Execution(workers=workers), Events(quiet=True))


def shards(out: Path) -> dict[str, str]:
    return {key: digest for key, digest in tree(out).items() if "/c/" in key and not key.startswith("sequences")}


def is_as(reader: StoreReader, expected: list[Walk]) -> bool:
    assert reader.sequences.video.tolist() == [walk.video_id for walk in expected]
    for row, walk in enumerate(expected):
        np.testing.assert_array_equal(reader.sequence("mask", row), draw_masks(walk))
    return True


def test_old_shards_stay_and_new_sequences_begin_at_the_next(store: tuple[WorkDir, Path]) -> None:
    work, out = store
    before = shards(out)
    summary = append(work, out)
    assert [unit for unit, _ in summary.planned] == ["shard-00004", "shard-00005"]
    after = shards(out)
    assert before.items() <= after.items()
    reader = open_store(out)
    assert reader.sequences.start.tolist()[-2:] == [120, 140]
    assert reader.frames == 165
    assert is_as(reader, [*OLD, *NEW])
    assert verify(out).whole
    assert not list(out.glob(".*"))
    assert sorted(reader.provenance["sources"]) == sorted(walk.video_id for walk in [*OLD, *NEW])
    assert [recipe["stage"] for recipe in reader.provenance["stages"]][-2:] == ["pack", "append"]


def test_frames_between_are_zero_for_every_reader(store: tuple[WorkDir, Path]) -> None:
    work, out = store
    append(work, out)
    reader, plain = open_store(out), zarr.open_group(out, mode="r")
    for name in reader.arrays:
        values = reader.read(name, 0, reader.frames)
        assert not values[104:120].any()
        np.testing.assert_array_equal(values, plain[name][:])
    np.testing.assert_array_equal(reader.read("rgb", 100, 125), plain["rgb"][100:125])
    assert not reader.read("rgb", 106, 112).any()


def test_appending_twice_and_nothing_new(store: tuple[WorkDir, Path]) -> None:
    work, out = store
    append(work, out)
    before = tree(out)
    assert append(work, out).total == 0
    assert tree(out) == before
    more = Walk("005", frames=7)
    build_work(work.root, [*OLD, *NEW, more])
    append(work, out, workers=2)
    assert open_store(out).sequences.start.tolist()[-1] == 180
    assert is_as(open_store(out), [*OLD, *NEW, more])
    assert verify(out).whole


def test_a_reader_that_was_open_keeps_reading(store: tuple[WorkDir, Path]) -> None:
    work, out = store
    reader = open_store(out)
    append(work, out)
    assert is_as(reader, OLD)
    assert reader.read("rgb", 0, reader.frames).shape[0] == 104


def test_a_video_that_has_changed_is_refused(store: tuple[WorkDir, Path]) -> None:
    work, out = store
    before = tree(out)
    build_work(work.root, [replace(OLD[0], invalid=2), *OLD[1:], *NEW])
    with pytest.raises(WorkError, match="001-nm-01-000 has changed since it was packed.*without --append"):
        append(work, out)
    assert tree(out) == before


def test_another_width_and_no_store_are_refused(store: tuple[WorkDir, Path], tmp_path: Path) -> None:
    work, out = store
    build_work(work.root, [*OLD, Walk("009", width=64)])
    with pytest.raises(WorkError, match="64 columns wide"):
        append(work, out)
    with pytest.raises(StoreError, match="there is no store"):
        append(work, tmp_path / "none.zarr")


def test_packing_again_writes_it_as_if_new(store: tuple[WorkDir, Path], tmp_path: Path) -> None:
    work, out = store
    append(work, out)
    pack(work, out, config=CONFIG)
    assert tree(out) == tree(pack(work, tmp_path / "fresh.zarr", config=CONFIG))
    assert verify(out).whole


class Killed(BaseException):
    """Stands for a kill: nothing below catches it."""


def test_a_kill_at_any_publication_leaves_the_store_as_before_or_as_after(
    store: tuple[WorkDir, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, out = store
    shutil.copytree(out, tmp_path / "old.zarr")
    append(work, out)
    after = tree(out)
    publish, states = atomic.publish, []
    # One note, eighteen objects of shards, the journal, then nine metadata, fifteen of the table and the root.
    for kill_at in (1, 2, 11, 19, 20, 21, 32, 45):
        shutil.rmtree(out)
        shutil.rmtree(pack_ledger(work, out, stage="append").folder, ignore_errors=True)
        shutil.copytree(tmp_path / "old.zarr", out)
        events = 0

        def killing(path: Path, kill_at: int = kill_at):  # type: ignore[no-untyped-def]
            nonlocal events
            events += out in path.parents
            if events == kill_at:
                raise Killed
            return publish(path)

        monkeypatch.setattr(atomic, "publish", killing)
        try:
            append(work, out)
        except Killed:
            report = verify(out, fast=True)
            assert report.whole, (kill_at, report.problems)
            assert {item.fault for item in report.remarks} <= {"unlisted"}
            reader = open_store(out)
            states.append(len(reader.sequences))
            assert is_as(reader, OLD if states[-1] == len(OLD) else [*OLD, *NEW])
        monkeypatch.undo()
        assert events == kill_at
        append(work, out)
        assert tree(out) == after
    assert states == [len(OLD)] * 5 + [len(OLD) + len(NEW)] * 3
