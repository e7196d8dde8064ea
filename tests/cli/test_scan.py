"""`gaitprep scan` as a user sees it."""

import csv
import io
from pathlib import Path

from tests.e2e.command import gaitprep, gaitprep_json


def test_stdout_is_the_table(tmp_path: Path) -> None:
    (tmp_path / "001-nm-01-090.avi").touch()
    rows = list(csv.DictReader(io.StringIO(gaitprep("scan", tmp_path, "--dataset", "casia-b"))))
    assert [(row["video_id"], row["subject"], row["view"]) for row in rows] == [("001-nm-01-090", "001", "090")]


def test_json_counts_and_names_what_was_ignored(tmp_path: Path) -> None:
    for name in ("001-nm-01-090.avi", "002-nm-01-090.avi", "readme.txt"):
        (tmp_path / name).touch()
    found = gaitprep_json("scan", tmp_path, "--dataset", "casia-b", "--out", tmp_path / "m.csv")
    assert (found["videos"], found["subjects"], found["views"]) == (2, 2, 1)
    assert found["ignored"] == {"readme.txt": "not a video by its suffix"}
    assert found["incomplete"] == ["subjects: 2 of 124", "videos: 2 of 13640"]
    assert (tmp_path / "m.csv").is_file()
