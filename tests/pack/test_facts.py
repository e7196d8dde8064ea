from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gaitprep.errors import WorkError
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import read_manifest
from gaitprep.pack import facts as facts_module
from gaitprep.pack.facts import VideoFacts, gather
from gaitprep.run.digest import digest_file
from gaitprep.run.ledger import Record
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir
from tests.builders import Walk, build_work

FIRST, SECOND = Walk("001", frames=9, invalid=2), Walk("002", frames=7)


@pytest.fixture
def work(tmp_path: Path) -> WorkDir:
    return build_work(tmp_path / "work", [FIRST, SECOND])


def look(work: WorkDir) -> dict[str, VideoFacts]:
    return gather(work, read_manifest(work.manifest)).videos


def rewrite(work: WorkDir, stage: str, video_id: str, length: int, **provenance: str) -> None:
    """Another file of a stage, with the ledger line that belongs to it."""
    path = work.file(stage, video_id)
    with create_work_file(path, {"stage": stage, **provenance}) as writer:
        writer.attribute("track_digest", digest_file(work.file("track", video_id)))
        writer.tracklet("0001", length)
    entry = Record(
        unit=video_id, key="", outcome="ok", output_digest=digest_file(path), output_bytes=path.stat().st_size
    )
    work.ledger(stage).append(entry)


def test_frames_and_valid_frames_of_each_tracklet(work: WorkDir) -> None:
    found = look(work)
    assert found[FIRST.video_id].tracklets == {"0001": (9, 7)}
    assert found[SECOND.video_id].tracklets == {"0001": (7, 7)}
    assert {facts.width for facts in found.values()} == {44}


def test_a_second_look_opens_no_file(work: WorkDir, monkeypatch: pytest.MonkeyPatch) -> None:
    first = gather(work, read_manifest(work.manifest))

    def refuse(path: Path) -> None:
        raise AssertionError(path)

    monkeypatch.setattr(facts_module, "open_work_file", refuse)
    assert gather(work, read_manifest(work.manifest)) == first


def test_a_torn_memory_is_no_obstacle(work: WorkDir) -> None:
    first = look(work)
    (work.ledger("pack").folder / "facts.json").write_text('{"videos": {"001')
    assert look(work) == first


def test_a_stage_that_was_not_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="no result of 'track'.*gaitprep track"):
        gather(WorkDir(tmp_path), [VideoRecord("a", tmp_path / "a.avi")])


def test_failures_and_gaps_of_one_video_are_its_own(work: WorkDir) -> None:
    source = read_manifest(work.manifest)[0].path
    failed = Record(unit=FIRST.video_id, key="", outcome="failed", reason=f"{source} holds no video stream")
    work.ledger("track").append(failed)
    records = read_manifest(work.manifest)
    records.append(replace(records[0], video_id="new", problem="there is no file new.avi"))
    found = gather(work, records).videos
    assert found[FIRST.video_id].problem == f"'track' failed: {source.name} holds no video stream"
    assert found["new"].problem == "there is no file new.avi"
    assert not found[SECOND.video_id].problem


@pytest.mark.parametrize("stage", ["track", "segment", "align"])
@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_lost_work_file_is_named(work: WorkDir, stage: str, damage: str) -> None:
    path = work.file(stage, FIRST.video_id)
    path.unlink() if damage == "missing" else path.write_bytes(path.read_bytes()[:-1])
    assert (
        look(work)[FIRST.video_id].problem == f"the file of '{stage}' is missing or altered; run gaitprep {stage} again"
    )


def test_a_file_that_is_no_work_file_is_named(work: WorkDir) -> None:
    path = work.file("align", FIRST.video_id)
    path.write_bytes(b"x" * path.stat().st_size)
    problem = look(work)[FIRST.video_id].problem
    assert "cannot be read" in problem
    assert str(work.root) not in problem


def test_stale_stages_are_not_packed(work: WorkDir) -> None:
    rewrite(work, "segment", FIRST.video_id, 9)
    assert "silhouettes were made from other masks" in look(work)[FIRST.video_id].problem
    rewrite(work, "track", SECOND.video_id, 7)
    assert "masks were made from another tracking" in look(work)[SECOND.video_id].problem


def test_ragged_modalities_are_named(work: WorkDir) -> None:
    digests = [digest_file(work.file(stage, FIRST.video_id)) for stage in ("segment", "track")]
    rewrite(work, "align", FIRST.video_id, 8, input=facts_module.digest_json(digests))
    assert "differ in the length of tracklet 0001" in look(work)[FIRST.video_id].problem
