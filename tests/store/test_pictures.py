"""Pictures are looked at in blocks; what is seen must not depend on where these end."""

from __future__ import annotations

from pathlib import Path

import google_crc32c
import numpy as np
import pytest

from gaitprep.store.pictures import look
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.root import RootDocument, json_bytes
from gaitprep.store.schema import ARRAYS, ROOT
from gaitprep.store.table import LABELS, SequenceTable, table_objects
from gaitprep.store.writer import complete, write_shard

LENGTHS = [7, 130, 63]
"""Frames; a block holds 60 masks, and its border falls into the second and third sequence."""


def build(path: Path, masks: np.ndarray) -> StoreReader:
    total = sum(LENGTHS)
    shards, small = {}, {}
    for spec in ARRAYS:
        if spec.name in ("mask", "frame", "valid"):
            frames = masks if spec.name == "mask" else np.arange(total).astype(spec.dtype)
            entry = write_shard(path, spec, 0, frames)
            shards[entry.key] = entry
            small[f"{spec.name}/{ROOT}"] = json_bytes(spec.metadata(total))
    table = SequenceTable.of(LENGTHS, {name: ["a", "b", "c"] for name in LABELS})
    complete(path, shards, small | table_objects(table), RootDocument("test", total, len(LENGTHS)))
    return open_store(path)


@pytest.fixture
def masks() -> np.ndarray:
    return np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (sum(LENGTHS), 128, 128))


def test_what_is_seen_of_good_pictures(tmp_path: Path, masks: np.ndarray) -> None:
    masks[[9, 75, 136]] = 0
    store = build(tmp_path, masks)
    start = 0
    for row, length in enumerate(LENGTHS):
        seen, own = look(store, "mask", row), masks[start : start + length]
        assert seen.blank.tolist() == [not frame.any() for frame in own]
        assert seen.checksum == google_crc32c.value(own.reshape(-1))
        assert (seen.binary, seen.frozen) == (True, False)
        start += length


@pytest.mark.parametrize("frame", [7, 59, 60, 119, 120, 136])
@pytest.mark.parametrize("value", [1, 128, 254])
def test_one_grey_pixel_in_any_block_is_seen(tmp_path: Path, masks: np.ndarray, frame: int, value: int) -> None:
    masks[frame, 127, 127] = value
    store = build(tmp_path, masks)
    assert [look(store, "mask", row).binary for row in range(3)] == [True, False, True]


@pytest.mark.parametrize("frame", [None, 7, 60, 119, 136])
def test_only_a_sequence_whose_frames_are_all_equal_is_frozen(
    tmp_path: Path, masks: np.ndarray, frame: int | None
) -> None:
    masks[7:137] = masks[7]
    if frame is not None:
        masks[frame, 0, 0] ^= 255
    assert look(build(tmp_path, masks), "mask", 1).frozen == (frame is None)
