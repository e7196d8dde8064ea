"""Scanning: labels from names, nothing lost without a word."""

from pathlib import Path

import pytest

from gaitprep.errors import ManifestError
from gaitprep.manifest.protocol import load_protocol
from gaitprep.manifest.scan import scan


def _touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_labels_come_from_names_and_the_rest_is_named(tmp_path: Path) -> None:
    names = ["001-nm-01-090.avi", "sub/002-bg-01-000.avi", "001-bkgrd-090.avi", "other.avi", "notes.txt"]
    result = scan(_touch(tmp_path, *names), load_protocol("casia-b"))
    assert [(r.video_id, r.subject, r.condition, r.view, r.people) for r in result.records] == [
        ("001-nm-01-090", "001", "nm-01", "090", "one"),
        ("sub/002-bg-01-000", "002", "bg-01", "000", "one"),
    ]
    assert set(result.ignored) == {"001-bkgrd-090.avi", "other.avi", "notes.txt"}
    assert result.missing(load_protocol("casia-b")) == ["subjects: 2 of 124", "videos: 2 of 13640"]


def test_every_file_is_a_record_or_ignored(tmp_path: Path) -> None:
    names = [f"d{i % 3}/f{i}.{'mp4' if i % 2 else 'doc'}" for i in range(20)]
    result = scan(_touch(tmp_path, *names))
    assert len(result.records) + len(result.ignored) == 20
    assert all(record.subject is None and record.people == "many" for record in result.records)


def test_hidden_files_are_none_of_ours(tmp_path: Path) -> None:
    result = scan(_touch(tmp_path, "a.mp4", ".a.mp4", ".cache/b.mp4"))
    assert [record.video_id for record in result.records] == ["a"]
    assert result.ignored == {}


def test_a_single_file(tmp_path: Path) -> None:
    _touch(tmp_path, "clip.MP4", "other.mp4")
    assert [record.video_id for record in scan(tmp_path / "clip.MP4").records] == ["clip"]


def test_natural_order(tmp_path: Path) -> None:
    result = scan(_touch(tmp_path, "c10.mp4", "c9.mp4", "c1.mp4"))
    assert [record.video_id for record in result.records] == ["c1", "c9", "c10"]


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    first, second = scan(_touch(tmp_path, "a.avi", "a.mp4")).records
    assert first.problem is None
    assert second.video_id == "a#2"
    assert "taken by an earlier row" in (second.problem or "")


@pytest.mark.parametrize("names", [[], ["notes.txt"]])
def test_nothing_found_says_why(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(ManifestError, match="no video below"):
        scan(_touch(tmp_path, *names))
    with pytest.raises(ManifestError, match="no file or folder"):
        scan(tmp_path / "absent")


def test_a_pattern_that_matches_nothing_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no video of casia-b below") as caught:
        scan(_touch(tmp_path, "clip.mp4"), load_protocol("casia-b"))
    assert "subject" in caught.value.next_step
