"""The segment stage over work files."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from gaitprep.align.config import AlignConfig
from gaitprep.align.stage import AlignStage
from gaitprep.run.digest import digest_file
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.segment import stage as module
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.interface import Crops, Images, VideoSegmenter
from gaitprep.segment.resolve import resolve
from gaitprep.segment.stage import SegmentStage
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.segment.toy import Scene, ious, leave_track, true_masks

ALONE = Execution(workers=1)


def run(work: WorkDir) -> Summary:
    """Brings segment up to date."""
    config, weights = resolve(SegmentConfig(method="background"))
    return run_stage(SegmentStage(config, work, weights), work.ledger("segment"), ALONE, Events(quiet=True))


def filmed(folder: Path, scene: Scene, name: str = "toy") -> tuple[WorkDir, Images]:
    """A work folder with one tracked video, and the true masks."""
    path = folder / f"{name}.mp4"
    boxes = scene.film(path)
    work = WorkDir(folder / "work")
    return work, true_masks(scene.truths, leave_track(work, path, boxes))


def test_masks_have_the_tracks_rows_and_the_walkers_shape(tmp_path: Path) -> None:
    work, truths = filmed(tmp_path, Scene(frames=70, step=1.8))
    record = run(work).records["toy"]
    assert record.outcome == "ok"
    assert record.counts == {"tracklets": 1, "masks": 70, "empty": 0}
    assert record.details["method"] == "background"
    with open_work_file(work.file("segment", "toy")) as file:
        assert file.tracklets == ["0001"]
        assert file.attribute("track_digest") == digest_file(work.file("track", "toy"))
        assert file["0001"]["mask"].compression == "gzip"
        assert np.median(ious(file["0001"]["mask"][...], truths)) > 0.9


def test_a_rerun_does_nothing_and_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    work, _ = filmed(tmp_path, Scene(frames=12))
    first = run(work).records["toy"].output_digest
    assert run(work).planned == []
    work.file("segment", "toy").unlink()
    again = run(work)
    assert again.planned == [("toy", "output missing or damaged")]
    assert again.records["toy"].output_digest == first


def test_another_tracking_is_segmented_anew(tmp_path: Path) -> None:
    work, _ = filmed(tmp_path, Scene(frames=12))
    run(work)
    filmed(tmp_path, Scene(frames=14))
    summary = run(work)
    assert summary.planned == [("toy", "input or settings changed")]
    assert summary.records["toy"].counts["masks"] == 14


def test_a_moving_camera_is_partial_with_the_reason(tmp_path: Path) -> None:
    work, _ = filmed(tmp_path, Scene(frames=30, pan=2))
    record = run(work).records["toy"]
    assert record.outcome == "partial"
    assert "camera moves: background masks unreliable" in record.reason
    assert record.details["unrest"][0] > 0.3
    assert record.counts["masks"] == 30


def test_a_video_that_was_changed_since_tracking_is_refused(tmp_path: Path) -> None:
    work, _ = filmed(tmp_path, Scene(frames=12))
    Scene(frames=12, seed=5).film(tmp_path / "toy.mp4")
    record = run(work).records["toy"]
    assert record.outcome == "failed"
    assert "not the one that was tracked" in record.reason
    assert not work.file("segment", "toy").exists()


def test_a_video_that_has_gone_is_named(tmp_path: Path) -> None:
    work, _ = filmed(tmp_path, Scene(frames=12))
    (tmp_path / "toy.mp4").unlink()
    record = run(work).records["toy"]
    assert record.outcome == "failed"
    assert "toy.mp4 cannot be read" in record.reason


class Blind(VideoSegmenter):
    """Sees nothing; notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int]] = []

    def __enter__(self) -> "Blind":
        return self

    def __exit__(self, *fault: object) -> None:
        return None

    def prepare(self, video: object) -> "Blind":
        """Stands in for the segmenter, too."""
        return self

    def masks(self, crops: Crops) -> Images:
        """Nothing."""
        self.asked.append((crops.tracklet, int(crops.frame[0]), len(crops)))
        return np.zeros(crops.rgb.shape[:3], np.uint8)


def test_empty_masks_stay_rows_and_become_invalid_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, _ = filmed(tmp_path, Scene(frames=12))
    monkeypatch.setattr(module, "make_segmenter", lambda config, weights: Blind())
    assert run(work).records["toy"].counts == {"tracklets": 1, "masks": 12, "empty": 12}
    aligned = run_stage(AlignStage(AlignConfig(), work), work.ledger("align"), ALONE, Events(quiet=True))
    assert aligned.records["toy"].counts == {"tracklets": 1, "frames": 12, "valid": 0, "empty mask": 12}


def test_crops_come_in_order_of_time_and_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, _ = filmed(tmp_path, Scene(frames=50, step=2))
    path = work.file("track", "toy")
    with h5py.File(path, "a") as file:
        late = file.create_group("0002")
        late.attrs["length"], late.attrs["attributes"] = 30, "{}"
        for name, values in file["0001"].items():
            late[name] = values[20:]
    blind = Blind()
    monkeypatch.setattr(module, "make_segmenter", lambda config, weights: blind)
    monkeypatch.setattr(module, "_WINDOW", 16)
    assert run(work).records["toy"].counts["masks"] == 80
    assert blind.asked == [
        ("0001", 0, 16),
        ("0001", 16, 16),
        ("0002", 20, 12),
        ("0001", 32, 16),
        ("0002", 32, 16),
        ("0001", 48, 2),
        ("0002", 48, 2),
    ]
