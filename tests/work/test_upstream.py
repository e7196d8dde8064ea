"""A stage finds what the one before it left."""

from pathlib import Path

import pytest

from gaitprep.errors import WorkError
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import write_manifest
from gaitprep.run.ledger import Record
from gaitprep.work.layout import WorkDir
from gaitprep.work.upstream import upstream_units


def test_usable_results_are_sorted_and_failed_ones_left_out(tmp_path: Path) -> None:
    work = WorkDir(tmp_path)
    for name, outcome in (("b", "partial"), ("a", "ok"), ("c", "failed")):
        work.ledger("track").append(Record(unit=name, key="k", outcome=outcome))  # type: ignore[arg-type]
    assert [name for name, _ in upstream_units(work, "track")] == ["a", "b"]


def test_videos_that_the_manifest_no_longer_has_are_left_aside(tmp_path: Path) -> None:
    work = WorkDir(tmp_path)
    for name in ("a", "b"):
        work.ledger("track").append(Record(unit=name, key="k", outcome="ok"))
    write_manifest(work.manifest, [VideoRecord("b", tmp_path / "b.mp4")])
    assert [name for name, _ in upstream_units(work, "track")] == ["b"]


def test_a_stage_that_was_not_run_is_named_with_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(WorkError) as caught:
        upstream_units(WorkDir(tmp_path), "track")
    assert caught.value.next_step.startswith("run: gaitprep track")


def test_all_failed_gives_the_first_reason(tmp_path: Path) -> None:
    work = WorkDir(tmp_path)
    work.ledger("track").append(Record(unit="a", key="k", outcome="failed", reason="no person"))
    with pytest.raises(WorkError, match="all 1 units of 'track'.*no person"):
        upstream_units(work, "track")


def test_layout_keeps_folders_of_video_ids(tmp_path: Path) -> None:
    assert WorkDir(tmp_path).file("align", "day1/cam2") == tmp_path / "align" / "day1" / "cam2.h5"
