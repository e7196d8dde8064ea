"""What verify says of the content of stores that are whole by their inventory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.store.inventory import StoredObject
from gaitprep.store.reader import open_store
from gaitprep.store.root import RootDocument, json_bytes
from gaitprep.store.schema import ARRAYS, ROOT
from gaitprep.store.table import SequenceTable, table_objects
from gaitprep.store.verify import Report, verify
from gaitprep.store.writer import complete, write_shard
from tests.builders import protocol

Change = Callable[[dict[str, NDArray]], None]

LENGTH = 6


def build(path: Path, change: Change = lambda arrays: None, labels: dict[str, list[str]] | None = None) -> Path:
    """Four sequences of six frames; `change` may spoil the arrays before they are written."""
    rng = np.random.default_rng(0)
    total = 4 * LENGTH
    arrays = {spec.name: np.ones((total, *spec.frame_shape), spec.dtype) for spec in ARRAYS}
    arrays["mask"] = rng.choice(np.array([0, 255], np.uint8), (total, 128, 128))
    arrays["silhouette"] = rng.integers(0, 256, (total, 64, 44), dtype=np.uint8)
    arrays["frame"], arrays["pts"] = np.arange(total), np.arange(total) / 25
    arrays["box"] = np.tile(np.float32([10, 20, 70, 80]), (total, 1))
    change(arrays)
    shards = {}
    for spec in ARRAYS:
        entry = write_shard(path, spec, 0, arrays[spec.name].astype(spec.dtype))
        shards[entry.key] = entry
    names = {
        "subject": ["001", "001", "002", "002"],
        "condition": ["nm-01", "nm-02", "nm-01", "nm-02"],
        "view": ["090"] * 4,
        "video": ["a", "b", "c", "d"],
        "tracklet": ["1"] * 4,
    } | (labels or {})
    small = {f"{spec.name}/{ROOT}": json_bytes(spec.metadata(total)) for spec in ARRAYS}
    small |= table_objects(SequenceTable.of([LENGTH] * 4, names))
    complete(path, shards, small, RootDocument("test", total, 4, protocol()))
    return path


def faults(report: Report) -> list[tuple[str, str]]:
    return [(item.key, item.fault) for item in report.problems]


def remarks(report: Report) -> list[tuple[str, str]]:
    return [(item.key, item.fault) for item in report.remarks]


def test_good_content_has_no_remarks(tmp_path: Path) -> None:
    report = verify(build(tmp_path))
    assert report.whole
    assert report.remarks == []


def put(name: str, where: object, value: object) -> Change:
    def change(arrays: dict[str, NDArray]) -> None:
        arrays[name][where] = value

    return change


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (put("mask", (7, 5, 5), 3), "mask values other than 0 and 255"),
        (put("mask", (7, 5, 5), 1), "mask values other than 0 and 255"),
        (put("mask", (7, 5, 5), 254), "mask values other than 0 and 255"),
        (put("frame", 8, 7), "frames out of order"),
        (put("frame", 6, -1), "frames out of order"),
        (put("pts", 8, 0), "times out of order"),
        (put("pts", 8, np.nan), "times out of order"),
        (put("quality", 8, 1.5), "quality outside 0 to 1"),
        (put("quality", 8, np.nan), "quality outside 0 to 1"),
        (put("ratio", 8, 0), "ratio outside"),
        (put("ratio", 8, np.inf), "ratio outside"),
        (put("ratio", 8, 0.5), "not width/height of its box"),
        (put("box", (8, 0), np.nan), "a box that is no number"),
    ],
)
def test_what_cannot_be_is_a_problem(tmp_path: Path, change: Change, detail: str) -> None:
    report = verify(build(tmp_path, change))
    assert faults(report) == [("sequence 1 (001 nm-02 090)", "range")]
    assert detail in report.problems[0].detail


@pytest.mark.parametrize("name", ["mask", "silhouette"])
def test_a_valid_frame_needs_its_pictures(tmp_path: Path, name: str) -> None:
    report = verify(build(tmp_path, put(name, slice(20, 22), 0)))
    assert faults(report) == [("sequence 3 (002 nm-02 090)", "pairing")]
    assert f"2 valid frames with an empty {name}" in report.problems[0].detail


def test_frozen_and_empty_sequences_are_remarked(tmp_path: Path) -> None:
    def change(arrays: dict[str, NDArray]) -> None:
        for name in ("mask", "silhouette"):
            arrays[name][:LENGTH] = arrays[name][0]
            arrays[name][LENGTH : 2 * LENGTH] = 0
        arrays["valid"][LENGTH : 2 * LENGTH] = False

    report = verify(build(tmp_path, change))
    assert report.whole
    assert remarks(report) == [("sequence 0 (001 nm-01 090)", "frozen"), ("sequence 1 (001 nm-02 090)", "empty")]


def twin(row: int, of: int) -> Change:
    def change(arrays: dict[str, NDArray]) -> None:
        for name in ("mask", "silhouette"):
            arrays[name][row * LENGTH : (row + 1) * LENGTH] = arrays[name][of * LENGTH : (of + 1) * LENGTH]

    return change


def test_equal_sequences_are_remarked(tmp_path: Path) -> None:
    report = verify(build(tmp_path, twin(1, of=0)))
    assert report.whole
    assert remarks(report) == [("sequence 1 (001 nm-02 090)", "duplicate")]
    assert "same pictures as sequence 0" in report.remarks[0].detail


def test_equal_sequences_on_both_sides_of_the_split_are_a_leak(tmp_path: Path) -> None:
    report = verify(build(tmp_path, twin(3, of=0)))
    assert faults(report) == [("sequence 3 (002 nm-02 090)", "leak")]


def test_a_video_on_both_sides_and_equal_labels_are_remarked(tmp_path: Path) -> None:
    report = verify(build(tmp_path, labels={"video": ["a", "b", "b", "d"]}))
    assert remarks(report) == [("video b", "shared")]
    same = {"condition": ["nm-01"] * 4, "video": ["a", "a", "c", "d"]}
    report = verify(build(tmp_path / "other", labels=same))
    assert remarks(report) == [("sequence 1 (001 nm-01 090)", "duplicate")]


def test_fast_reads_no_content(tmp_path: Path) -> None:
    assert verify(build(tmp_path, put("mask", (7, 5, 5), 3)), fast=True).whole


def test_a_reader_of_it_sees_the_same(tmp_path: Path) -> None:
    build(tmp_path)
    listed = open_store(tmp_path).inventory["rgb/c/0/0/0/0"]
    there = StoredObject.of("rgb/c/0/0/0/0", (tmp_path / "rgb/c/0/0/0/0").read_bytes())
    assert (listed.size, listed.digest) == (there.size, there.digest)
