from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import StoreError
from gaitprep.store.inventory import Inventory, StoredObject
from gaitprep.store.root import json_bytes, read_root, root_bytes
from gaitprep.store.table import SequenceTable, table_objects
from gaitprep.store.verify import Report, verify


def faults(report: Report) -> dict[str, str]:
    return {problem.key: problem.fault for problem in report.problems}


def test_a_whole_store_is_whole(store_path: Path) -> None:
    for fast in (False, True):
        report = verify(store_path, fast)
        assert report.whole
        assert report.objects == 4 * 9 + 9 + 1 + 2 * 7
        assert report.as_json()["whole"] is True


def test_every_kind_of_damage_is_listed(copy: Path) -> None:
    (copy / "rgb/c/0/0/0/0").unlink()
    (copy / "ratio/c/1").write_bytes(b"")
    flipped = bytearray((copy / "mask/c/2/0/0").read_bytes())
    flipped[50] ^= 128
    (copy / "mask/c/2/0/0").write_bytes(flipped)
    (copy / "pts/c/9").write_bytes(b"leftover")
    expected = {"rgb/c/0/0/0/0": "missing", "ratio/c/1": "size", "pts/c/9": "unlisted"}
    assert faults(verify(copy, fast=True)) == expected
    assert faults(verify(copy)) == {**expected, "mask/c/2/0/0": "content"}


def test_swapped_objects_of_equal_size_are_found(copy: Path) -> None:
    one, other = copy / "rgb/c/0/0/0/0", copy / "rgb/c/1/0/0/0"
    first, second = one.read_bytes(), other.read_bytes()
    assert len(first) == len(second)
    one.write_bytes(second)
    other.write_bytes(first)
    assert faults(verify(copy)) == {"rgb/c/0/0/0/0": "content", "rgb/c/1/0/0/0": "content"}


def test_every_byte_of_every_small_object_counts(copy: Path) -> None:
    rng = np.random.default_rng(0)
    for path in sorted(path for path in copy.rglob("*") if path.is_file() and path.stat().st_size < 9000):
        content = path.read_bytes()
        damaged = bytearray(content)
        damaged[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            assert not verify(copy).whole, path
        except StoreError:
            assert path.name == "zarr.json"
            assert path.parent == copy
        path.write_bytes(content)


def test_a_table_that_leaves_a_gap_is_found(copy: Path) -> None:
    document, inventory = read_root(copy)
    objects = table_objects(
        SequenceTable.of([10, 20], {name: ["a", "b"] for name in ("subject", "condition", "view", "video", "tracklet")})
    )
    for key, data in objects.items():
        (copy / key).write_bytes(data)
    entries = {**inventory, **{key: StoredObject.of(key, data) for key, data in objects.items()}}
    (copy / "zarr.json").write_bytes(root_bytes(document, Inventory(entries)))
    assert [problem.detail for problem in verify(copy).problems] == ["do not tile the frame axis"]


def test_an_object_that_nobody_lists_though_it_is_needed(copy: Path) -> None:
    document, inventory = read_root(copy)
    (copy / "box/c/1/0").unlink()
    (copy / "mask/zarr.json").write_bytes(json_bytes({"zarr_format": 3}))
    entries = {key: item for key, item in inventory.items() if key != "box/c/1/0"}
    entries["mask/zarr.json"] = StoredObject.of("mask/zarr.json", (copy / "mask/zarr.json").read_bytes())
    (copy / "zarr.json").write_bytes(root_bytes(document, Inventory(entries)))
    assert faults(verify(copy)) == {"box/c/1/0": "missing", "mask": "content"}


def test_what_cannot_be_decoded_is_an_error_though_its_digest_is_right(copy: Path) -> None:
    key = "mask/c/1/0/0"
    damaged = bytearray((copy / key).read_bytes())
    damaged[20] ^= 1
    (copy / key).write_bytes(damaged)
    document, inventory = read_root(copy)
    (copy / "zarr.json").write_bytes(
        root_bytes(document, Inventory({**inventory, key: StoredObject.of(key, bytes(damaged))}))
    )
    with pytest.raises(StoreError, match="mask cannot be read"):
        verify(copy)


def test_no_store_no_report(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        verify(tmp_path)


@pytest.mark.parametrize("damage", ["flip", "delete", "empty", "truncate", "swap"])
def test_damage_to_any_object_is_found(copy: Path, damage: str) -> None:
    """Every object in turn; a flipped bit at a random place."""
    rng = np.random.default_rng(len(damage))
    _, inventory = read_root(copy)
    keys = list(inventory)
    missed = []
    for number, key in enumerate(keys):
        path, other = copy / key, copy / keys[number - 1]
        content, others = path.read_bytes(), other.read_bytes()
        if damage == "flip":
            damaged = bytearray(content)
            damaged[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
            path.write_bytes(damaged)
        elif damage == "delete":
            path.unlink()
        elif damage == "empty":
            path.write_bytes(b"")
        elif damage == "truncate":
            path.write_bytes(content[: int(rng.integers(len(content)))])
        elif content != others:
            path.write_bytes(others)
            other.write_bytes(content)
        problems = {problem.key for problem in verify(copy).problems}
        expected = {key, keys[number - 1]} if damage == "swap" else {key}
        if problems != expected and not (damage == "swap" and content == others):
            missed.append(key)
        path.write_bytes(content)
        other.write_bytes(others)
    assert missed == []
    assert verify(copy).whole
