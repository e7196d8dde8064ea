"""The hand-checked masks of real people are what their index says, and lie in crops where they should."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.real_reference import FOLDER, Reference, iou, missing, places, read_index

SOURCES, PEOPLE = read_index()
MOST_BYTES = 1 << 20


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_mask_fits_its_box_and_its_frame(person: Reference) -> None:
    source = SOURCES[person.source]
    left, top, right, bottom = person.box
    assert 0 <= left < right <= source.width
    assert 0 <= top < bottom <= source.height
    assert 0 <= person.frame < source.frames
    mask = person.mask()
    assert mask.shape == ((bottom - top) * person.scale, (right - left) * person.scale)
    assert set(np.unique(mask)) == {0, 255}
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert (rows[-1] - rows[0] + 1) / person.scale == pytest.approx(person.height, abs=0.06)
    for edges, length in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        assert edges[0] < person.scale
        assert edges[-1] >= length - person.scale
    at_border = left <= 1 or top <= 1 or right >= source.width - 1 or bottom >= source.height - 1
    assert at_border == (person.seen == "cut")
    assert (person.seen == "whole") <= (cv2.connectedComponents(mask)[0] == 2)


def test_there_are_enough_people_of_each_class() -> None:
    assert len({(person.source, person.frame) for person in PEOPLE}) >= 60
    sizes = [person.size for person in PEOPLE]
    assert sizes.count("tall") >= 30
    assert sizes.count("small") >= 10
    assert "tiny" not in sizes
    assert len({person.name for person in PEOPLE}) == len(PEOPLE)


def test_nothing_lies_about() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert {path.stem for path in files if path.suffix == ".png"} == {person.name for person in PEOPLE}
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_corrections_are_counted_in_the_index() -> None:
    corrections = json.loads((FOLDER / "corrections.json").read_text())
    assert set(corrections) <= {person.name for person in PEOPLE}
    for person in PEOPLE:
        signs = [sign for sign, _, _ in corrections.get(person.name, [])]
        assert (signs.count("+"), signs.count("-")) == (person.added, person.removed)
        assert person.means.startswith("polygon") == ("outline" in signs)


def test_other_footage_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "other.avi").write_bytes(b"another video")
    reasons = missing(SOURCES, places(tmp_path / "absent.mp4", tmp_path / "other.avi"))
    assert set(reasons) == {"sample", "vtest"}
    assert "absent.mp4 is absent" in reasons["sample"]
    assert "is not the file" in reasons["vtest"]


@pytest.mark.parametrize("name", ["vtest-063", "sample-woman-130", "bus-1"])
def test_a_mask_is_found_again_in_the_frame(name: str) -> None:
    person = next(person for person in PEOPLE if person.name == name)
    source = SOURCES[person.source]
    crop = np.array([person.box[0] - 6, person.box[1] - 9, person.box[2] + 4, person.box[3] + 3], np.float32)
    found, outside = person.in_crop(crop)
    assert outside == 0
    frame = np.zeros((source.height, source.width), np.float32)
    size = (person.box[2] - person.box[0], person.box[3] - person.box[1])
    inside = cv2.resize(person.mask(), size, interpolation=cv2.INTER_AREA)
    frame[person.box[1] : person.box[3], person.box[0] : person.box[2]] = inside
    left, top, right, bottom = crop.astype(int)
    assert iou(found, cv2.resize(frame[top:bottom, left:right], (128, 128)) > 127) > 0.97


def test_what_the_crop_cuts_off_is_outside() -> None:
    person = next(person for person in PEOPLE if person.name == "vtest-063")
    left, top, right, bottom = person.box
    found, outside = person.in_crop(np.array([left, top, right, (top + bottom) // 2], np.float32))
    assert 0.3 < outside < 0.6
    assert found.any()
    elsewhere, all_of_it = person.in_crop(np.array([0, 0, 20, 40], np.float32))
    assert all_of_it == 1
    assert not elsewhere.any()


def test_overlap_of_known_shifts() -> None:
    square = np.zeros((40, 40), bool)
    square[10:30, 10:30] = True
    assert iou(square, square) == 1
    assert iou(np.roll(square, 5, axis=1), square) == pytest.approx(15 / 25)
    assert iou(np.roll(square, 20, axis=0), square) == 0
    assert iou(np.zeros_like(square), np.zeros_like(square)) == 1
