import functools
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaitprep.cli.app import app
from gaitprep.cli.track import list_videos
from gaitprep.errors import ManifestError, UsageError
from gaitprep.manifest.table import read_manifest
from gaitprep.models.weights import Weights
from gaitprep.track import resolve as resolve_module
from gaitprep.track import stage as stage_module
from gaitprep.track.config import TrackConfig
from tests.track.make import bright_detector, write_people


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(config: TrackConfig) -> tuple[TrackConfig, Weights]:
        return config, Weights(config.model, Path(config.model), "digest", "path")

    monkeypatch.setattr(resolve_module, "resolve", resolve)
    stage = functools.partial(stage_module.TrackStage, detector=bright_detector)
    monkeypatch.setattr(stage_module, "TrackStage", stage)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    write_people(tmp_path / "raw" / "a.mp4", [lambda k: 20 + 4.5 * k], 30)
    write_people(tmp_path / "raw" / "b.mp4", [], 5)
    return tmp_path / "raw"


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["track", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_folder_is_tracked_and_a_rerun_does_nothing(raw: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    said = run(raw, "--work", work, "--workers", 1)
    assert "1 ok · 1 failed" in said
    assert "no person found" in said
    assert (work / "track" / "a.h5").is_file()
    records = read_manifest(work / "manifest.parquet")
    assert [(record.video_id, record.path.is_absolute()) for record in records] == [("a", True), ("b", True)]
    found = json.loads(run(raw, "--work", work, "--json"))
    assert (found["planned"], found["reused"], found["finished"]) == ([], 2, True)


def test_a_manifest_may_be_given_and_written_back_from_anywhere(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("path,subject\nraw/a.mp4,007\nraw/gone.mp4,008\n")
    said = run("list.csv", "--work", "deep/work", "--workers", 1)
    assert "there is no file" in said
    records = read_manifest(tmp_path / "deep" / "work" / "manifest.parquet")
    assert records[0].path == raw / "a.mp4"
    assert (records[0].subject, records[0].people) == ("007", "one")


def test_a_dry_run_leaves_no_result(raw: Path, tmp_path: Path) -> None:
    assert "would do 2 of 2" in run(raw, "--work", tmp_path / "work", "--dry-run")
    assert not (tmp_path / "work" / "manifest.parquet").exists()
    assert not (tmp_path / "work" / "track").exists()


def test_a_setting_redoes_what_depends_on_it(raw: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(raw / "a.mp4", "--work", work, "--workers", 1)
    said = run(raw / "a.mp4", "--work", work, "--dry-run", "--set", "margin=0.2")
    assert "input or settings changed" in said


def test_previews_are_drawn_when_asked_for(raw: Path, tmp_path: Path) -> None:
    run(raw / "a.mp4", "--work", tmp_path / "work", "--workers", 1, "--preview")
    assert (tmp_path / "work" / "pictures" / "a.preview.mp4").is_file()


def test_when_nothing_can_be_used_the_exit_code_says_so(raw: Path, tmp_path: Path) -> None:
    run(raw / "b.mp4", "--work", tmp_path / "work", "--workers", 1, code=3)
    run(raw, "--work", tmp_path / "other", "--workers", 1, "--strict", code=3)


def test_impossible_requests_are_refused(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path\nraw/a.mp4\n")
    with pytest.raises(UsageError, match="does not go with the manifest"):
        list_videos(tmp_path / "list.csv", "casia-b")
    with pytest.raises(ManifestError, match="no file or folder"):
        list_videos(tmp_path / "nowhere", None)
    result = CliRunner().invoke(app, ["track", str(raw), "--work", str(tmp_path), "--image-size", "huge"])
    assert isinstance(result.exception, UsageError)
    assert "image_size" in str(result.exception)
