"""Previews have the frames of their source, with boxes where the tracklet is."""

from pathlib import Path

import numpy as np

from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import write_manifest
from gaitprep.report.config import PreviewConfig
from gaitprep.report.preview import PreviewStage, preview_path
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.run.ledger import Record
from gaitprep.video.info import probe
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir


def _work(root: Path, frames: int = 12) -> WorkDir:
    work = WorkDir(root)
    source = root / "clip.mp4"
    with VideoWriter(source, 160, 120, 25) as writer:
        for _ in range(frames):
            writer.write(np.full((120, 160, 3), 90, np.uint8))
    with create_work_file(work.file("track", "clip"), {}) as file:
        tracklet = file.tracklet("0001", 5)
        tracklet.write("frame", np.arange(3, 8))
        tracklet.write("box", np.tile(np.array([40, 30, 80, 110], np.float32), (5, 1)))
        tracklet.write("score", np.array([0.9, 0.9, 0, 0.9, 0.9], np.float32))
    work.ledger("track").append(Record(unit="clip", key="k", outcome="ok", output_digest="d"))
    write_manifest(work.manifest, [VideoRecord("clip", source)])
    return work


def _run(work: WorkDir, **settings: int) -> Summary:
    stage = PreviewStage(PreviewConfig(**settings), work)
    return run_stage(stage, work.ledger("preview"), Execution(workers=1), Events(quiet=True))


def test_boxes_are_drawn_while_the_tracklet_lasts(tmp_path: Path) -> None:
    work = _work(tmp_path)
    summary = _run(work)
    assert summary.records["clip"].counts == {"frames": 12}
    pictures = [frame.image.astype(int) for frame in read_frames(preview_path(work, "clip"))]
    drawn = [bool((abs(picture - 90).max(-1) > 60).any()) for picture in pictures]
    assert drawn == [3 <= number < 8 for number in range(12)]
    assert not _run(work).planned


def test_large_videos_are_scaled_down(tmp_path: Path) -> None:
    work = _work(tmp_path)
    _run(work, max_height=64)
    info = probe(preview_path(work, "clip"))
    assert info.height == 64
    assert abs(info.width - 85) <= 1


def test_a_lost_source_is_named(tmp_path: Path) -> None:
    work = _work(tmp_path)
    (tmp_path / "clip.mp4").unlink()
    summary = _run(work)
    assert "the source of clip is gone" in summary.records["clip"].reason


def test_masks_are_tinted_where_they_are(tmp_path: Path) -> None:
    work = _work(tmp_path)
    with create_work_file(work.file("segment", "clip"), {}) as file:
        mask = np.zeros((5, 128, 128), np.uint8)
        mask[:, 64:] = 255  # the lower half of the box
        file.tracklet("0001", 5).write("mask", mask)
    work.ledger("segment").append(Record(unit="clip", key="k", outcome="ok", output_digest="s"))
    assert _run(work).count("ok") == 1
    frame = [frame.image.astype(int) for frame in read_frames(preview_path(work, "clip"))][5]
    upper, lower = frame[45:60, 50:70], frame[80:100, 50:70]
    assert abs(upper - 90).max() < 25
    assert abs(lower - 90).max(axis=-1).min() > 25
