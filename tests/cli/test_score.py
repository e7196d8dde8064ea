"""`gaitprep score` as a user calls it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitprep.errors import InputError, WorkError
from gaitprep.truth.file import truth_path
from tests.e2e.command import gaitprep, gaitprep_json
from tests.score.toy import build, person, walker

WALKER = walker(20, 4)


def test_table_json_markdown_and_sheets(tmp_path: Path) -> None:
    work = build(
        tmp_path, [person("001", WALKER)], {"0001": WALKER}, change=lambda mask: np.roll(mask, 20, axis=1)
    ).root
    words = ["score", "--work", work, "--workers", 1]
    printed = gaitprep(*words, "--out", tmp_path / "scores.md", "--sheets", 3)
    assert "silhouette IoU" in printed
    assert "reaches the target of 0.97" in printed
    assert "| all | 1 | 1.000 |" in (tmp_path / "scores.md").read_text()
    found = gaitprep_json(*words, "--out", tmp_path / "scores.json")
    assert found == json.loads((tmp_path / "scores.json").read_text())
    assert [video["video"] for video in found["videos"]] == ["001/001-nm-01-090"]
    (sheet,) = (work / "pictures" / "score").glob("*.png")
    assert sheet.name == "01-001_001-nm-01-090.png"
    image = cv2.imread(str(sheet))[:, :, ::-1]
    assert (image == (255, 90, 70)).all(axis=2).sum() > 100, "nothing is drawn as invented"
    assert (image == (70, 130, 255)).all(axis=2).sum() > 100, "nothing is drawn as missed"


def test_a_folder_without_any_truth_is_explained(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER})
    truth_path(tmp_path / "raw" / "001" / "001-nm-01-090.mp4").unlink()
    with pytest.raises(InputError, match="none of the 1 videos could be scored .*no truth file"):
        gaitprep("score", "--work", work.root, "--workers", 1)


def test_folders_that_lack_something_are_explained(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="no work folder"):
        gaitprep("score", "--work", tmp_path / "absent")
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER}, stages=("track",))
    with pytest.raises(WorkError, match="run: gaitprep segment"):
        gaitprep("score", "--work", work.root)
    assert gaitprep_json("score", "--work", work.root, "--workers", 1, "--stage", "track")["overall"]["IDF1"] == 1
