"""The overview shows a strip of several sequences, from valid frames."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from gaitprep.errors import WorkError
from gaitprep.report.frames import choose_frames
from gaitprep.report.overview import write_overview
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.builders import build_work, walks


def test_one_strip_for_each_sequence(tmp_path: Path) -> None:
    work = build_work(tmp_path, walks(subjects=2, frames=9))
    few, many = (write_overview(work, rows, 4, tmp_path / f"{rows}.png") for rows in (2, 3))
    two, three = cv2.imread(str(few)), cv2.imread(str(many))
    strip = 18 + 3 * (128 + 2)
    assert two.shape[0] == 2 * strip + 10
    assert three.shape[0] == 3 * strip + 2 * 10
    assert two[18 : 18 + 128].std() > 10, "crops are drawn"


def test_the_command_prints_where_it_is(tmp_path: Path) -> None:
    from gaitprep.cli.report import report

    work = build_work(tmp_path, walks(subjects=1, frames=4))
    done = CliRunner().invoke(report, ["overview", "--work", str(work.root), "--rows", "2", "--columns", "3"])
    assert done.exit_code == 0
    assert done.stdout.strip() == str(work.pictures / "overview.png")
    assert (work.pictures / "overview.png").is_file()


def test_frames_are_spread_and_invalid_ones_left_out_on_request(tmp_path: Path) -> None:
    work = build_work(tmp_path, list(walks(subjects=1, frames=9))[:1])
    video_id = next(work.root.joinpath("track").rglob("*.h5")).relative_to(work.root / "track").with_suffix("")
    with (
        open_work_file(work.file("track", str(video_id))) as tracks,
        open_work_file(work.file("align", str(video_id))) as aligned,
    ):
        name = tracks.tracklets[0]
        everything = choose_frames(tracks[name], None, aligned[name], 5)
        valid = choose_frames(tracks[name], None, aligned[name], 50, valid_only=True)
        assert everything.frame.tolist() == [0, 2, 4, 6, 8]
        expected = np.flatnonzero(aligned[name]["valid"][...])
        np.testing.assert_array_equal(valid.frame, expected)
        assert set(valid.verdict or []) == {"valid"}


def test_nothing_tracked_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="gaitprep track"):
        write_overview(WorkDir(tmp_path), 3, 3)
