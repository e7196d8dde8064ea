"""The scorer finds people again, sums up as it says, and sees how good a segmenter is."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import real_masks
from benchmarks.real_masks import Score, bad_unmarked, find, score_picture, table
from benchmarks.real_reference import places, read_index
from benchmarks.real_sheet import Finding, draw_sheets
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter

SOURCES, PEOPLE = read_index()
FILES = places(Path("absent"), Path("absent"))


class Reciting(Segmenter, VideoSegmenter):
    """Gives the reference itself, moved aside by `shift` pixels of the crop."""

    def __init__(self, shift: int) -> None:
        self.shift = shift

    def prepare(self, video: Video) -> AbstractContextManager[VideoSegmenter]:
        return nullcontext(self)

    def masks(self, crops: Crops) -> Images:
        person = next(person for person in PEOPLE if person.name == crops.tracklet)
        mask, _ = person.in_crop(crops.box[0])
        return np.roll(np.where(mask, 255, 0).astype(np.uint8), self.shift, axis=1)[None]


def scores_of_bus(monkeypatch: pytest.MonkeyPatch, shift: int) -> list[tuple[Score, Finding | None]]:
    monkeypatch.setattr(real_masks, "make_segmenter", lambda config, weights: Reciting(shift))
    people = [person for person in PEOPLE if person.source == "bus"]
    return list(score_picture(FILES["bus"], SOURCES["bus"], SegmentConfig(method="background"), people))


def test_the_reference_itself_scores_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scores_of_bus(monkeypatch, 0)
    assert [score.name for score, _ in found] == ["bus-1", "bus-2", "bus-3", "bus-4"]
    assert all(score.iou > 0.99 for score, _ in found if score.iou is not None)
    assert [score.marked for score, _ in found] == [False, False, True, True]  # two are cut by the frame


def test_a_shifted_mask_scores_what_the_shift_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scores_of_bus(monkeypatch, 6)[:2]
    for score, finding in found:
        assert finding is not None
        moved = np.roll(finding.reference, 6, axis=1)
        expected = (moved & finding.reference).sum() / (moved | finding.reference).sum()
        assert score.iou == pytest.approx(expected, abs=0.01)
        assert score.iou < 0.95


def test_people_are_found_by_frame_and_box() -> None:
    person = next(person for person in PEOPLE if person.name == "vtest-063")
    box = np.array(person.box, np.float32)
    frames = np.array([62, 63, 64])
    near, far = np.stack([box, box + 2, box]), np.stack([box, box + 200, box])
    assert find(person, {"far": (frames, far), "near": (frames, near)}) == ("near", 1)
    assert find(person, {"far": (frames, far)}) is None
    assert find(person, {"near": (frames + 10, near)}) is None


def score(iou: float | None, *, size: str = "tall", marked: bool = False) -> Score:
    return Score("somebody", "vtest", size, iou, 0.0, marked, 1.0)


def test_the_table_counts_each_class_and_source() -> None:
    scores = [score(0.9), score(0.7), score(0.5, marked=True), score(0.55, size="small"), score(None, size="small")]
    rows = {row["people"]: row for row in table(scores)}
    assert list(rows) == ["tall", "small", "vtest"]
    tall = {"people": "tall", "n": 3, "not tracked": 0, "median": 0.7, "from 0.8": 0.333, "worst": 0.5}
    assert rows["tall"] == {**tall, "bad unmarked": 0}
    assert (rows["small"]["not tracked"], rows["small"]["bad unmarked"]) == (1, 1)
    assert rows["vtest"]["n"] == 5
    assert bad_unmarked(scores) == [scores[3]]


def test_sheets_show_the_worst_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rgb = rng.integers(90, 110, (128, 128, 3), np.uint8)
    mask = np.zeros((128, 128), bool)
    mask[30:100, 40:80] = True
    bad = Finding("bad", 0.1, True, rgb, np.roll(mask, 30, axis=1), mask, 0.5)
    good = Finding("good", 1.0, False, rgb, mask, mask, 0.5)
    files = draw_sheets([good, bad], tmp_path, "unet:some/model")
    assert [path.name for path in files] == ["unet-some-model-1.png"]
    sheet = cv2.imread(str(files[0])).astype(int)
    half = sheet.shape[1] // 2
    red = (sheet[..., 2] > 200) & (sheet[..., 1] < 120)
    assert red[:, :half].any()  # where mask and reference agree, green covers red
    assert not red[:, half:].any()
