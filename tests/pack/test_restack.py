from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from gaitprep.cli.merge import merge
from gaitprep.cli.subset import subset
from gaitprep.errors import StoreError, UsageError
from gaitprep.pack.config import PackConfig
from gaitprep.pack.restack import RestackConfig, RestackStage, Source
from gaitprep.run import atomic
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.verify import verify
from tests.builders import Walk, build_store, walks
from tests.pack.test_stage import tree

CONFIG = PackConfig.model_validate({"shard_frames": 30})

app = typer.Typer()
app.command("subset")(subset)
app.command("merge")(merge)


def call(*arguments: object) -> str:
    workers = () if "--workers" in arguments else ("--workers", "1")
    result = CliRunner().invoke(app, [*map(str, arguments), *map(str, workers)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stderr


@pytest.fixture(scope="module")
def indoor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    grid = [*walks(subjects=2, frames=13), Walk("003", frames=20, invalid=15)]
    return build_store(tmp_path_factory.mktemp("indoor"), grid, name="indoor", config=CONFIG)


@pytest.fixture(scope="module")
def outdoor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    grid = [Walk("002", "cl-01", frames=17), Walk("007", frames=9)]
    return build_store(tmp_path_factory.mktemp("outdoor"), grid, name="outdoor", config=CONFIG)


def rows_are_equal(one: StoreReader, row: int, other: StoreReader, twin: int) -> bool:
    return all(np.array_equal(one.sequence(name, row), other.sequence(name, twin)) for name in one.arrays)


def test_a_subset_holds_what_was_asked_for(indoor: Path, tmp_path: Path) -> None:
    said = call(
        "subset", indoor, tmp_path / "s.zarr", "--subjects", "002,003", "--conditions", "nm-*", "--views", "090"
    )
    assert "3 sequences, 46 frames" in said
    source, part = open_store(indoor), open_store(tmp_path / "s.zarr")
    assert part.sequences.subject.tolist() == ["002", "002", "003"]
    wanted = np.flatnonzero((source.sequences.subject != "001") & (source.sequences.view == "090"))
    assert all(rows_are_equal(part, row, source, int(twin)) for row, twin in enumerate(wanted))
    assert part.name == "indoor"
    assert part.protocol == source.protocol
    assert part.provenance["stages"][-1]["config"]["choice"]["subjects"] == ["002", "003"]
    assert sorted(part.provenance["sources"]) == sorted(set(part.sequences.video.tolist()))
    assert verify(tmp_path / "s.zarr").whole
    assert not list((tmp_path / "s.zarr").glob(".*"))


def test_quality_and_length_choose(indoor: Path, tmp_path: Path) -> None:
    call("subset", indoor, tmp_path / "s.zarr", "--min-valid-frames", 6, "--arrays", "silhouette,mask")
    part = open_store(tmp_path / "s.zarr")
    assert "003" not in part.sequences.subject
    assert part.arrays == ("mask", "silhouette", "frame", "valid")
    assert verify(tmp_path / "s.zarr").whole
    call("subset", indoor, tmp_path / "q.zarr", "--min-quality", 0.5)
    assert len(open_store(tmp_path / "q.zarr").sequences) == 9


@pytest.mark.parametrize("option", [("--subjects", "404"), ("--views", "090,x*"), ("--min-valid-frames", 99)])
def test_what_is_not_there_is_named(indoor: Path, tmp_path: Path, option: tuple[str, object]) -> None:
    with pytest.raises(UsageError, match=r"no subject of the store is '404'|is 'x\*'|no sequence"):
        call("subset", indoor, tmp_path / "s.zarr", *option)
    assert not (tmp_path / "s.zarr").exists()


def test_subjects_are_chosen_by_ranges_too(indoor: Path, tmp_path: Path) -> None:
    call("subset", indoor, tmp_path / "s.zarr", "--subjects", "002-074")
    assert set(open_store(tmp_path / "s.zarr").sequences.subject) == {"002", "003"}
    call("subset", indoor, tmp_path / "t.zarr", "--subjects", "1-9:2")
    assert set(open_store(tmp_path / "t.zarr").sequences.subject) == {"001", "003"}
    with pytest.raises(UsageError, match="no subject of the store is '050-074'"):
        call("subset", indoor, tmp_path / "u.zarr", "--subjects", "001,050-074")


def test_a_store_of_another_making_is_not_written_over(indoor: Path, outdoor: Path, tmp_path: Path) -> None:
    before = tree(outdoor)
    with pytest.raises(StoreError, match="holds a store that gaitprep pack made"):
        call("subset", indoor, outdoor, "--views", "090")
    assert tree(outdoor) == before
    with pytest.raises(UsageError, match="s3://bucket/s.zarr is a URL"):
        call("subset", indoor, "s3://bucket/s.zarr", "--views", "090")


def test_a_merge_says_what_it_leaves_out(indoor: Path, outdoor: Path, tmp_path: Path) -> None:
    call("subset", outdoor, tmp_path / "part.zarr", "--arrays", "silhouette,mask")
    said = call("merge", indoor, tmp_path / "part.zarr", "--out", tmp_path / "m.zarr", "--subjects", "apart")
    assert "left out, since not all have them: box, pts, quality, ratio, rgb" in said
    assert "no protocol: every subject trains and none is tested" in said
    assert "no protocol" not in call(
        "merge", indoor, tmp_path / "part.zarr", "--out", tmp_path / "n.zarr", "--subjects", "same"
    )


def test_the_whole_of_a_store_has_its_shards(indoor: Path, tmp_path: Path) -> None:
    call("subset", indoor, tmp_path / "s.zarr")
    shards = {key: digest for key, digest in tree(indoor).items() if "/c/" in key}
    assert shards.items() <= tree(tmp_path / "s.zarr").items()


def test_shared_subjects_need_a_word(indoor: Path, outdoor: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="subject 002 is in both .*--subjects same or --subjects apart"):
        call("merge", indoor, outdoor, "--out", tmp_path / "m.zarr")
    assert not (tmp_path / "m.zarr").exists()


@pytest.mark.parametrize("subjects", ["same", "apart"])
def test_a_merge_holds_both(indoor: Path, outdoor: Path, tmp_path: Path, subjects: str) -> None:
    out = tmp_path / "m.zarr"
    assert "11 sequences" in call("merge", indoor, outdoor, "--out", out, "--subjects", subjects, "--workers", 2)
    one, two, both = open_store(indoor), open_store(outdoor), open_store(out)
    assert all(rows_are_equal(both, row, one, row) for row in range(9))
    assert all(rows_are_equal(both, 9 + row, two, row) for row in range(2))
    expected = {"001", "002", "003", "007"}
    apart = {"indoor/001", "indoor/002", "indoor/003", "outdoor/002", "outdoor/007"}
    assert set(both.sequences.subject) == (expected if subjects == "same" else apart)
    assert both.name == "m"
    assert (both.protocol is None) == (subjects == "apart")
    assert sorted(both.provenance["sources"]) == sorted(set(both.sequences.video.tolist()))
    assert verify(out).whole


def test_the_same_sequence_twice_is_refused(indoor: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(indoor, tmp_path / "copy.zarr")
    with pytest.raises(StoreError, match="sequence 001 nm-01 000 .* is in both"):
        call("merge", indoor, copy, "--out", tmp_path / "m.zarr", "--subjects", "same")
    with pytest.raises(StoreError, match="two stores are named indoor"):
        call("merge", indoor, copy, "--out", tmp_path / "m.zarr", "--subjects", "apart")


def test_other_sizes_and_impossible_targets_are_refused(indoor: Path, tmp_path: Path) -> None:
    wide = build_store(tmp_path, [Walk("055", width=64, frames=5)], name="wide")
    with pytest.raises(StoreError, match=r"silhouette has frames of \[64, 44\] .* and of \[64, 64\]"):
        call("merge", indoor, wide, "--out", tmp_path / "m.zarr")
    with pytest.raises(StoreError, match="cannot be the target"):
        call("subset", wide, wide)
    with pytest.raises(UsageError, match="one store alone"):
        call("merge", indoor, "--out", tmp_path / "m.zarr")
    with pytest.raises(UsageError, match="none of refuse"):
        call("merge", indoor, wide, "--out", tmp_path / "m.zarr", "--subjects", "maybe")


class Killed(BaseException):
    """Stands for a kill: nothing below catches it."""


def test_an_interrupted_subset_is_taken_up_again(indoor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, sources = RestackConfig(verb="subset", name="x"), [Source(str(indoor), (0, 2, 3, 5, 8))]

    def run(out: Path) -> int:
        stage = RestackStage(config, sources, out)
        return len(run_stage(stage, stage.ledger, Execution(workers=1), Events(quiet=True)).planned)

    assert run(tmp_path / "whole.zarr") == 3
    out, publish, events = tmp_path / "out.zarr", atomic.publish, 0
    for kill_at in (1, 12, 33, 52):  # of 27 shards, 9 metadata, 15 of the table, the root
        shutil.rmtree(out, ignore_errors=True)
        events = 0

        def killing(path: Path, kill_at: int = kill_at):  # type: ignore[no-untyped-def]
            nonlocal events
            events += ".under-way" not in path.parts and out in path.parents
            if events == kill_at:
                raise Killed
            return publish(path)

        monkeypatch.setattr(atomic, "publish", killing)
        with pytest.raises(Killed):
            run(out)
        monkeypatch.undo()
        with pytest.raises(StoreError):
            open_store(out)
        assert run(out) == max(0, 3 - (kill_at - 1) // 9)
        assert tree(out) == tree(tmp_path / "whole.zarr")


def test_running_again_makes_good_what_was_altered(indoor: Path, tmp_path: Path) -> None:
    out = tmp_path / "s.zarr"
    call("subset", indoor, out, "--views", "090")
    before = tree(out)
    content = bytearray((out / "mask/c/0/0/0").read_bytes())
    content[9] ^= 1
    (out / "mask/c/0/0/0").write_bytes(content)
    call("subset", indoor, out, "--views", "090")
    assert tree(out) == before
