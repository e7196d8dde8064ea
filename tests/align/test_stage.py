"""The align stage over work files."""

from pathlib import Path

import numpy as np
import pytest

from gaitprep.align.config import AlignConfig
from gaitprep.align.normalise import normalise
from gaitprep.align.quality import REASONS
from gaitprep.align.stage import AlignStage
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.align.toy import body, leave_masks, note

ALONE = Execution(workers=1)
EMPTY = np.zeros((128, 128), np.uint8)


def run(work: WorkDir, config: AlignConfig | None = None) -> Summary:
    """Brings align up to date."""
    return run_stage(AlignStage(config or AlignConfig(), work), work.ledger("align"), ALONE, Events(quiet=True))


@pytest.fixture
def work(tmp_path: Path) -> WorkDir:
    """A work folder with one video of two tracklets, the first longer than a block."""
    folder = WorkDir(tmp_path)
    leave_masks(folder, "a/one", {"0001": np.stack([body()] * 600 + [EMPTY]), "0002": np.stack([body()] * 5)})
    return folder


def test_every_frame_that_came_in_comes_out(work: WorkDir) -> None:
    record = run(work).records["a/one"]
    assert record.outcome == "ok"
    assert record.counts == {"tracklets": 2, "frames": 606, "valid": 605, "empty mask": 1}
    with open_work_file(work.file("align", "a/one")) as aligned:
        assert aligned.tracklets == ["0001", "0002"]
        group = aligned["0001"]
        assert group["silhouette"].shape == (601, 64, 44)
        assert group["silhouette"].dtype == np.uint8
        expected = normalise(body()[None], np.float32([0.4]))[0]
        assert (group["silhouette"][:600] == expected).all()
        assert not group["silhouette"][600].any()
        assert group["valid"][...].tolist() == [True] * 600 + [False]
        assert group.attributes["reasons"][group["reason"][600]] == "empty mask"
        assert group.attributes["reasons"] == list(REASONS)
        assert group["quality"].dtype == np.float32
        assert group["quality"][600] == 0


def test_a_rerun_does_nothing_and_other_settings_do_it_again(work: WorkDir) -> None:
    run(work)
    assert run(work).planned == []
    wide = run(work, AlignConfig(width=64))
    assert wide.planned == [("a/one", "input or settings changed")]
    with open_work_file(work.file("align", "a/one")) as aligned:
        assert aligned["0002"]["silhouette"].shape == (5, 64, 64)


def test_the_same_input_gives_the_same_bytes(work: WorkDir) -> None:
    first = run(work).records["a/one"].output_digest
    work.file("align", "a/one").unlink()
    again = run(work)
    assert again.planned == [("a/one", "output missing or damaged")]
    assert again.records["a/one"].output_digest == first


def test_a_tracklet_without_valid_frames_is_partial_and_kept(work: WorkDir) -> None:
    leave_masks(work, "two", {"0001": np.stack([EMPTY] * 4), "0002": np.stack([body()] * 4)})
    record = run(work).records["two"]
    assert (record.outcome, record.reason) == ("partial", "no valid frame in 0001")
    with open_work_file(work.file("align", "two")) as aligned:
        assert aligned.length("0001") == 4


def test_masks_of_an_older_tracking_are_refused(work: WorkDir) -> None:
    leave_masks(work, "old", {"0001": np.stack([body()] * 4)})
    old_masks = work.file("segment", "old").read_bytes()
    leave_masks(work, "old", {"0001": np.stack([body()] * 5)})
    work.file("segment", "old").write_bytes(old_masks)
    note(work, "segment", "old")
    summary = run(work)
    assert summary.records["old"].outcome == "failed"
    assert "another tracking" in summary.records["old"].reason
    assert summary.records["a/one"].outcome == "ok"
    assert not work.file("align", "old").exists()


def test_a_damaged_mask_file_costs_its_video_only(work: WorkDir) -> None:
    leave_masks(work, "bad", {"0001": np.stack([body()] * 4)})
    work.file("segment", "bad").write_bytes(b"no HDF5")
    records = run(work).records
    assert records["bad"].outcome == "failed"
    assert "cannot be read as HDF5" in records["bad"].reason
    assert records["a/one"].outcome == "ok"
