"""Contact sheets show what is there, mark what is unusable, and are drawn once."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitprep.errors import WorkError
from gaitprep.report.config import SheetConfig
from gaitprep.report.draw import GREEN, RED
from gaitprep.report.sheet import SheetFrames, contact_sheet
from gaitprep.report.sheets import SheetStage
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.work.layout import WorkDir
from tests.builders import build_work, walks


def _frames(count: int, **changes: object) -> SheetFrames:
    rgb = np.full((count, 128, 128, 3), 100, np.uint8)
    mask = np.zeros((count, 128, 128), np.uint8)
    mask[:, 20:110, 40:90] = 255
    silhouette = np.full((count, 64, 44), 255, np.uint8)
    content: dict[str, object] = {
        "rgb": rgb,
        "ratio": np.full(count, 0.5, np.float32),
        "frame": np.arange(count),
        "mask": mask,
        "silhouette": silhouette,
        "verdict": ["valid"] * count,
    }
    return SheetFrames(**{**content, **changes})  # type: ignore[arg-type]


def _has(image: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((image == np.array(colour, np.uint8)).all(-1).any())


def test_rows_grow_with_the_stages_that_were_run() -> None:
    heights = [
        contact_sheet(_frames(4, mask=None, silhouette=None, verdict=None), "t").shape[0],
        contact_sheet(_frames(4, silhouette=None, verdict=None), "t").shape[0],
        contact_sheet(_frames(4), "t").shape[0],
    ]
    assert heights[1] - heights[0] == heights[2] - heights[1] == 132


def test_people_have_their_true_shape() -> None:
    sheet = contact_sheet(_frames(1, mask=None, silhouette=None, verdict=None), "t")
    crop = (sheet == 100).all(-1)
    assert (crop.any(0).sum(), crop.any(1).sum()) == (64, 128)


def test_only_unusable_frames_are_red() -> None:
    fine = contact_sheet(_frames(3), "t")
    bad = contact_sheet(_frames(3, verdict=["valid", "empty mask", "valid"]), "t")
    assert not _has(fine, RED)
    outlined = np.flatnonzero((bad[:400] == np.array(RED, np.uint8)).all(-1).any(0))
    assert (outlined.min(), outlined.max()) == (4 + 96 - 2, 4 + 96 + 92 + 1), "the second column alone"


def test_a_person_with_arms_spread_widens_all_columns() -> None:
    wide = contact_sheet(_frames(3, ratio=np.array([0.5, 1.25, 0.5], np.float32)), "t")
    assert wide.shape[1] == 3 * (160 + 4) + 4


def test_reasons_stand_below_their_frames() -> None:
    plain = contact_sheet(_frames(3), "t")
    named = contact_sheet(_frames(3, verdict=["valid", "valid", "cut by the frame"]), "t")
    differs = np.flatnonzero((plain != named)[-20:].any(-1).any(0))
    assert differs.min() >= 4 + 2 * 96
    assert differs.max() < named.shape[1], "the words fit in"


def test_masks_are_outlined() -> None:
    assert _has(contact_sheet(_frames(1), "t"), GREEN)
    assert not _has(contact_sheet(_frames(1, mask=np.zeros((1, 128, 128), np.uint8)), "t"), GREEN)


def _run(work: WorkDir, limit: int | None = None, columns: int = 5) -> tuple[int, int]:
    stage = SheetStage(SheetConfig(columns=columns), work, limit)
    summary = run_stage(stage, work.ledger("sheets"), Execution(workers=1), Events(quiet=True))
    assert summary.count("failed") == 0, summary.records
    return len(summary.planned), summary.total


def test_a_sheet_for_each_sequence_and_none_twice(tmp_path: Path) -> None:
    work = build_work(tmp_path, walks(subjects=2, frames=9))
    assert _run(work) == (8, 8)
    sheets = sorted(work.pictures.rglob("*.png"))
    assert len(sheets) == 8
    assert cv2.imread(str(sheets[0])).shape[1] == 5 * 96 + 4
    assert _run(work) == (0, 8)
    sheets[3].unlink()
    assert _run(work) == (1, 8)
    assert _run(work, columns=6) == (8, 8)


def test_a_limit_spreads_over_the_videos(tmp_path: Path) -> None:
    work = build_work(tmp_path, walks(subjects=2, frames=4))
    assert _run(work, limit=2) == (2, 2)
    assert {path.parent.name[:3] for path in work.pictures.rglob("*.png")} == {"001", "002"}


def test_nothing_tracked_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="gaitprep track"):
        SheetStage(SheetConfig(), WorkDir(tmp_path)).units()
