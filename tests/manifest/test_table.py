"""Manifest tables: round trips, and rows at fault that stay rows."""

from pathlib import Path

import pytest

from gaitprep.errors import ManifestError
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import read_manifest, write_manifest


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a.avi").touch()
    records = [
        VideoRecord("a", tmp_path / "a.avi", "casia-b", "001", "nm-01", "090", "one"),
        VideoRecord("b", tmp_path / "a.avi"),
    ]
    write_manifest(tmp_path / f"m{suffix}", records)
    assert read_manifest(tmp_path / f"m{suffix}") == records


def test_only_path_is_needed_and_counts_from_the_table(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "x.mp4").touch()
    (tmp_path / "m.csv").write_text("path\nclips/x.mp4\n")
    (record,) = read_manifest(tmp_path / "m.csv")
    assert (record.video_id, record.problem, record.people) == ("clips/x", None, "many")


def test_leading_zeros_survive_csv(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").touch()
    (tmp_path / "m.csv").write_text("path,subject,condition,view\nx.mp4,001,nm-01,000\n")
    (record,) = read_manifest(tmp_path / "m.csv")
    assert (record.subject, record.view, record.people) == ("001", "000", "one")


def test_bad_rows_stay_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").touch()
    (tmp_path / "m.csv").write_text("path\nx.mp4\nx.mp4\nabsent.mp4\n")
    fine, repeated, absent = read_manifest(tmp_path / "m.csv")
    assert fine.problem is None
    assert "taken by an earlier row" in (repeated.problem or "")
    assert "there is no file" in (absent.problem or "")
    assert len({fine.video_id, repeated.video_id, absent.video_id}) == 3


def test_ids_cannot_climb_out_of_the_work_folder(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("path,video_id\n../../etc/x.mp4,../../../evil\n/abs/y.mp4,\n")
    assert [record.video_id for record in read_manifest(tmp_path / "m.csv")] == ["evil", "abs/y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file\nx.mp4\n", "unknown columns: file"),
        ("subject\n001\n", "no column 'path'"),
        ("path\n", "no rows"),
        ("path,people\nx.mp4,some\n", "people is 'some'"),
    ],
)
def test_unusable_tables_are_explained(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(ManifestError, match=message):
        read_manifest(tmp_path / "m.csv")


def test_damaged_and_missing_tables(tmp_path: Path) -> None:
    (tmp_path / "m.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(ManifestError, match="cannot be read as a table"):
        read_manifest(tmp_path / "m.parquet")
    with pytest.raises(ManifestError, match="there is no manifest"):
        read_manifest(tmp_path / "absent.csv")
