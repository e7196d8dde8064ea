from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gaitprep.errors import StoreError, WorkError
from gaitprep.manifest.table import read_manifest, write_manifest
from gaitprep.pack import stage as stage_module
from gaitprep.pack.config import PackConfig
from gaitprep.pack.stage import PackStage, pack_ledger
from gaitprep.run import atomic
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.store.reader import open_store
from gaitprep.store.verify import verify
from gaitprep.work.layout import WorkDir
from tests.builders import Walk, build_work, pack, protocol, walks

CONFIG = PackConfig.model_validate({"shard_frames": 30, "silhouette": {"chunk_frames": 15}})
GRID = walks(subjects=2, frames=13)  # eight sequences, 104 frames, four shards


@pytest.fixture
def work(tmp_path: Path) -> WorkDir:
    return build_work(tmp_path / "work", GRID)


def run(work: WorkDir, out: Path, config: PackConfig = CONFIG, execution: Execution | None = None) -> Summary:
    execution = execution or Execution(workers=1)
    stage = PackStage(config, work, out, read_manifest(work.manifest), name="walks", protocol=protocol())
    return run_stage(stage, pack_ledger(work, out, execution.partition), execution, Events(quiet=True))


def tree(path: Path) -> dict[str, str]:
    return {
        item.relative_to(path).as_posix(): hashlib.sha256(item.read_bytes()).hexdigest()
        for item in sorted(path.rglob("*"))
        if item.is_file()
    }


def test_the_store_is_the_same_bytes_whoever_makes_it(work: WorkDir, tmp_path: Path) -> None:
    one = pack(work, tmp_path / "one.zarr", config=CONFIG)
    other = pack(work, tmp_path / "elsewhere" / "two.zarr", config=CONFIG, execution=Execution(workers=2))
    moved = build_work(tmp_path / "moved", GRID[::-1])
    third = pack(moved, tmp_path / "three.zarr", config=CONFIG, execution=Execution(2, "threading"))
    assert tree(one) == tree(other) == tree(third)


def test_a_rerun_does_nothing(work: WorkDir, tmp_path: Path) -> None:
    out = tmp_path / "out.zarr"
    assert len(run(work, out).planned) == 4
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert run(work, out).planned == []
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_changed_video_rewrites_only_its_shards(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    before = tree(out)
    build_work(work.root, [*GRID[:-2], replace(GRID[-2], invalid=1), GRID[-1]])  # frames 78 to 91: shards 2 and 3
    assert [unit for unit, _ in run(work, out).planned] == ["shard-00002", "shard-00003"]
    after = tree(out)
    changed = {key for key in before if before[key] != after[key]}
    assert all(key.split("/")[2] == "2" for key in changed if "/c/" in key)
    assert {"zarr.json", "mask/c/2/0/0", "valid/c/2"} <= changed
    assert verify(out).whole


def test_labels_alone_rewrite_no_shard(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    records = read_manifest(work.manifest)
    write_manifest(work.manifest, [replace(record, view=f"1{record.view}") for record in records])
    assert run(work, out).planned == []
    assert set(open_store(out).sequences.view) == {"1000", "1090"}
    assert verify(out).whole


def test_a_shorter_store_leaves_nothing_of_the_longer_one(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    build_work(work.root, GRID[:3])
    run(work, out)
    assert tree(out) == tree(pack(work, tmp_path / "fresh.zarr", config=CONFIG))
    assert open_store(out).frames == 39


def test_a_lost_object_is_made_again(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    before = tree(out)
    (out / "mask/c/1/0/0").unlink()
    (out / "pts/c/3").write_bytes(b"")
    (out / "rgb/zarr.json").write_text("{}")
    assert [why for _, why in run(work, out).planned] == ["output missing or damaged"] * 2
    assert tree(out) == before


def test_a_lost_ledger_costs_reading_only(work: WorkDir, tmp_path: Path) -> None:
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    shutil.rmtree(pack_ledger(work, out).folder)
    assert len(run(work, out).planned) == 4
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == times


def test_what_is_left_out_is_listed_in_the_store(tmp_path: Path) -> None:
    people = [Walk(None, tracklet="0001", frames=8), Walk(None, tracklet="0002", frames=6, invalid=6)]
    work = build_work(tmp_path / "work", [*people, Walk("001", frames=9), Walk("002", frames=5, invalid=5)])
    store = open_store(pack(work, tmp_path / "out.zarr", config=CONFIG))
    assert store.sequences.subject.tolist() == ["001", "street-nm-01-090/0001"]
    assert store.excluded == [
        {"video": "002-nm-01-090", "tracklet": "0001", "reason": "0 of 5 frames are valid, 1 are asked for"},
        {"video": "street-nm-01-090", "tracklet": "0002", "reason": "0 of 6 frames are valid, 1 are asked for"},
    ]


def test_more_valid_frames_may_be_asked_for(tmp_path: Path) -> None:
    work = build_work(
        tmp_path / "work", [Walk("001", frames=30), Walk("002", frames=20, invalid=6), Walk("003", frames=15)]
    )
    out = pack(work, tmp_path / "out.zarr", config=CONFIG)
    summary = run(work, out, CONFIG.model_copy(update={"min_valid_frames": 15}))
    assert [unit for unit, _ in summary.planned] == ["shard-00001"]  # the first shard holds what it held
    assert open_store(out).sequences.subject.tolist() == ["001", "003"]


def test_nothing_to_pack_is_an_error(tmp_path: Path) -> None:
    work = build_work(tmp_path / "work", [Walk("001", frames=5, invalid=5)])
    with pytest.raises(WorkError, match="no sequence to pack .*0 of 5 frames are valid"):
        run(work, tmp_path / "out.zarr")
    assert not (tmp_path / "out.zarr").exists()


def test_a_folder_of_something_else_is_left_alone(work: WorkDir, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no part of a store"):
        run(work, tmp_path)


def test_partitions_finish_together(work: WorkDir, tmp_path: Path) -> None:
    out, whole = tmp_path / "out.zarr", pack(work, tmp_path / "whole.zarr", config=CONFIG)
    assert not run(work, out, execution=Execution(1, partition="1/2")).finished
    with pytest.raises(StoreError, match="unfinished"):
        open_store(out)
    assert run(work, out, execution=Execution(1, partition="2/2")).finished
    assert tree(out) == tree(whole)


def test_a_failing_shard_leaves_the_store_unfinished(
    work: WorkDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, whole = pack(work, tmp_path / "out.zarr", config=CONFIG), tmp_path / "whole.zarr"
    build_work(work.root, [replace(GRID[0], invalid=2), *GRID[1:]])

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(stage_module, "write_shard", fail)
    with pytest.raises(StoreError, match=r"1 of 4 shards failed .*no space left"):
        run(work, out)
    monkeypatch.undo()
    assert [why for _, why in run(work, out).planned] == [
        "failed before: OSError: no space left on device [test_stage.py:" + str(fail.__code__.co_firstlineno + 1) + "]"
    ]
    assert tree(out) == tree(pack(work, whole, config=CONFIG))


def test_wide_silhouettes_are_packed_but_not_among_narrow_ones(tmp_path: Path) -> None:
    wide = [replace(walk, width=64) for walk in GRID[:3]]
    store = open_store(pack(build_work(tmp_path / "w", wide), tmp_path / "out.zarr", config=CONFIG))
    assert store.read("silhouette", 0, 5).shape == (5, 64, 64)
    mixed = build_work(tmp_path / "m", [*GRID[:2], *wide[2:]])
    with pytest.raises(WorkError, match="44 and 64 columns wide.*gaitprep align"):
        run(mixed, tmp_path / "mixed.zarr")


class Killed(BaseException):
    """Stands for a kill: nothing below catches it."""


def test_a_kill_before_or_after_any_publication_loses_nothing(
    work: WorkDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = build_work(tmp_path / "older", [replace(walk, frames=11) for walk in GRID[:4]])
    before, after = (
        tree(pack(older, tmp_path / "a.zarr", config=CONFIG)),
        tree(pack(work, tmp_path / "b.zarr", config=CONFIG)),
    )
    publish, events = atomic.publish, 0
    for kill_at in range(1, 200, 7):
        shutil.rmtree(tmp_path / "a.zarr", ignore_errors=True)
        out = pack(older, tmp_path / "a.zarr", config=CONFIG)
        shutil.rmtree(pack_ledger(work, out).folder, ignore_errors=True)
        events = 0

        def killing(path: Path, out: Path = out, kill_at: int = kill_at):  # type: ignore[no-untyped-def]
            nonlocal events
            events += out in path.parents
            if events == kill_at:
                raise Killed
            return publish(path)

        monkeypatch.setattr(atomic, "publish", killing)
        try:
            run(work, out)
        except Killed:
            assert not (out / "zarr.json").exists() or tree(out) == before
        monkeypatch.undo()
        reached_the_end = events < kill_at
        run(work, out)
        assert tree(out) == after
        if reached_the_end:
            break
    assert events > 40
