from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
import zarr

from gaitprep.errors import ShardAltered, ShardMissing, StoreError
from gaitprep.pack.config import PackConfig
from gaitprep.store.codecs import CodecName
from gaitprep.store.inventory import Inventory
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.root import read_root, root_bytes
from gaitprep.store.schema import ARRAY_NAMES
from tests.builders import build_store, draw_masks, draw_rgb, draw_silhouettes, protocol, walks
from tests.store.conftest import SHARD_FRAMES

SHARDS = ["rgb/c/1/0/0/0", "mask/c/0/0/0", "silhouette/c/2/0/0", "valid/c/3"]


@pytest.mark.parametrize("name", ARRAY_NAMES)
def test_zarr_python_and_the_reader_agree(store: StoreReader, store_path: Path, name: str) -> None:
    array = zarr.open_group(store_path, mode="r")[name]
    values = store.read(name, 0, store.frames)
    assert values.dtype == array.dtype
    np.testing.assert_array_equal(values, array[:])


def test_a_sequence_is_what_was_drawn(store: StoreReader) -> None:
    for number, walk in enumerate(walks(subjects=2, frames=13)):
        masks = draw_masks(walk)
        assert store.sequences.video[number] == walk.video_id
        assert store.sequences.view[number] == walk.view
        np.testing.assert_array_equal(store.sequence("mask", number), masks)
        np.testing.assert_array_equal(store.sequence("rgb", number), draw_rgb(walk, masks))
        np.testing.assert_array_equal(store.sequence("silhouette", number), draw_silhouettes(masks))
        np.testing.assert_array_equal(store.sequence("frame", number), np.arange(13))


@pytest.mark.parametrize("codec", get_args(CodecName))
def test_stores_in_any_layout_are_read(store: StoreReader, tmp_path: Path, codec: CodecName) -> None:
    """Also in those that were the default once."""
    layout = {"chunk_frames": 10, "codec": codec}
    config = PackConfig.model_validate({"shard_frames": 30, "mask": layout, "silhouette": layout})
    other = open_store(build_store(tmp_path, walks(subjects=1, frames=13), config=config))
    for name in ("mask", "silhouette"):
        assert other.spec(name).codec == codec
        np.testing.assert_array_equal(other.read(name, 0, other.frames), store.read(name, 0, other.frames))


@pytest.mark.parametrize("indices", [[0, 1, 2], [12, 0, 5], [3, 3, 3], [4], [], [0, 12], [12, 0]])
def test_take_keeps_the_order_asked_for(store: StoreReader, indices: list[int]) -> None:
    expected = store.sequence("rgb", 2)[indices]  # crosses the border of two shards
    np.testing.assert_array_equal(store.take("rgb", 2, indices), expected)


@pytest.mark.parametrize(
    "positions", [range(13), range(4, 9), range(12, 13), range(3, 3), range(9, 2, -3), range(0, 13, 5)]
)
def test_ranges_are_taken_as_lists_are(store: StoreReader, positions: range) -> None:
    for row in (0, 5):
        whole = store.sequence("silhouette", row)
        np.testing.assert_array_equal(store.take("silhouette", row, positions), whole[list(positions)])


@pytest.mark.parametrize("positions", [range(-1, 3), range(10, 14), range(13, 14)])
def test_ranges_beyond_the_sequence_are_errors(store: StoreReader, positions: range) -> None:
    with pytest.raises(IndexError, match="outside a sequence of 13 frames"):
        store.take("silhouette", 2, positions)


def test_frames_go_where_the_caller_wants_them(store: StoreReader) -> None:
    expected = store.sequence("rgb", 2)
    batch = np.zeros((2, 13, 128, 128, 3), np.uint8)
    frames = store.sequence("rgb", 2, batch[1])
    assert frames.base is batch or np.shares_memory(frames, batch)
    np.testing.assert_array_equal(batch[1], expected)
    assert not batch[0].any()
    clip = torch.zeros(3, 13, 128, 128, 3, dtype=torch.uint8)
    store.sequence("rgb", 2, clip[2])
    np.testing.assert_array_equal(clip[2].numpy(), expected)
    store.take("rgb", 2, [12, 0, 5], clip[0][:3])
    np.testing.assert_array_equal(clip[0][:3].numpy(), expected[[12, 0, 5]])


@pytest.mark.parametrize(
    "out",
    [
        np.zeros((12, 64, 44), np.uint8),
        np.zeros((13, 64, 44), np.int8),
        np.zeros((13, 64, 88), np.uint8)[:, :, ::2],
        torch.zeros(13, 44, 64, dtype=torch.uint8).transpose(1, 2),
    ],
)
def test_memory_that_does_not_fit_is_refused(store: StoreReader, out: object) -> None:
    with pytest.raises(ValueError, match=r"out must be a writable contiguous uint8\[13, 64, 44\]"):
        store.sequence("silhouette", 0, out)


def test_outside_the_axis_or_the_sequence_is_an_error(store: StoreReader) -> None:
    for start, stop in ((-1, 3), (0, store.frames + 1), (5, 4)):
        with pytest.raises(IndexError):
            store.read("rgb", start, stop)
    for wrong in ([13], [-1]):
        with pytest.raises(IndexError, match="13 frames"):
            store.take("rgb", 0, wrong)
    with pytest.raises(StoreError, match="no array 'depth'"):
        store.read("depth", 0, 1)


def test_domain_and_protocol_come_with_the_store(store: StoreReader) -> None:
    assert store.name == "walks"
    assert store.protocol == protocol()
    assert [recipe["stage"] for recipe in store.provenance["stages"]] == ["track", "segment", "align", "pack"]
    assert store.excluded == []


def test_threads_share_a_reader(store: StoreReader) -> None:
    expected = store.read("rgb", 0, store.frames)
    wrong: list[int] = []

    def work(seed: int) -> None:
        starts = np.random.default_rng(seed).integers(0, store.frames - 10, 20).tolist()
        windows = ((start, store.read("rgb", start, start + 10)) for start in starts)
        wrong.extend(start for start, window in windows if not (window == expected[start : start + 10]).all())

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("key", [*SHARDS, "rgb/zarr.json", "sequences/view/c/0"])
def test_a_missing_object_is_named_at_opening(copy: Path, key: str) -> None:
    (copy / key).unlink()
    with pytest.raises(ShardMissing, match=f"{key} is listed .* but missing.*gaitprep pack"):
        open_store(copy)


@pytest.mark.parametrize("key", SHARDS)
@pytest.mark.parametrize("size", [0, 50])
def test_a_short_object_is_named_at_opening(copy: Path, key: str, size: int) -> None:
    (copy / key).write_bytes((copy / key).read_bytes()[:size])
    with pytest.raises(ShardAltered, match=f"{key} has {size} bytes"):
        open_store(copy)


@pytest.mark.parametrize("key", SHARDS)
@pytest.mark.parametrize("size", [None, 0, 50])
def test_what_vanishes_later_is_no_fill_value(copy: Path, key: str, size: int | None) -> None:
    name, number = key.split("/")[0], int(key.split("/")[2])
    store = open_store(copy)
    content = (copy / key).read_bytes()
    (copy / key).unlink()
    if size is not None:
        (copy / key).write_bytes(content[:size])
    first = number * SHARD_FRAMES
    with pytest.raises(ShardMissing if size is None else ShardAltered, match=key):
        store.read(name, first, first + 3)
    with pytest.raises(StoreError, match=key):
        store.take(name, first // 13 + 1, [0, 2])
    with pytest.raises(StoreError, match=key):
        store.take(name, first // 13 + 1, [0, 12])


@pytest.mark.parametrize("key", SHARDS)
def test_a_flipped_bit_is_noticed(copy: Path, key: str) -> None:
    content = bytearray((copy / key).read_bytes())
    content[7] ^= 1
    (copy / key).write_bytes(content)
    store = open_store(copy)
    first = int(key.split("/")[2]) * SHARD_FRAMES
    with pytest.raises(ShardAltered, match=f"{key} has its listed size but other content.*--repair"):
        store.read(key.split("/")[0], first, first + 1)
    with pytest.raises(Exception, match=r"(?i)checksum|corrupt"):
        zarr.open_group(copy, mode="r")[key.split("/")[0]][first : first + 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rgb/c/0/0/0/0", "rgb/c/1/0/0/0"),
        ("frame/c/0", "frame/c/1"),
        ("frame/c/2", "pts/c/2"),
        ("box/c/0/0", "box/c/2/0"),
    ],
)
def test_whole_shards_in_each_others_place_are_noticed(copy: Path, one: str, other: str) -> None:
    first, second = (copy / one).read_bytes(), (copy / other).read_bytes()
    assert len(first) == len(second)
    (copy / one).write_bytes(second)
    (copy / other).write_bytes(first)
    store = open_store(copy)
    for key in (one, other):
        start = int(key.split("/")[2]) * SHARD_FRAMES
        with pytest.raises(ShardAltered, match=f"{key} has its listed size but other content"):
            store.read(key.split("/")[0], start, start + 1)


def test_a_shard_of_an_earlier_making_is_noticed(copy: Path, tmp_path: Path) -> None:
    earlier = build_store(
        tmp_path / "earlier",
        walks(subjects=2, frames=13, conditions=("bg-01", "cl-01")),
        config=PackConfig.model_validate({"shard_frames": SHARD_FRAMES, "silhouette": {"chunk_frames": 15}}),
    )
    (copy / "rgb/c/2/0/0/0").write_bytes((earlier / "rgb/c/2/0/0/0").read_bytes())
    with pytest.raises(ShardAltered, match="rgb/c/2/0/0/0"):
        open_store(copy).read("rgb", 2 * SHARD_FRAMES, 2 * SHARD_FRAMES + 1)


def test_stores_of_before_know_no_tails_and_are_read(copy: Path, store: StoreReader) -> None:
    document, inventory = read_root(copy)
    assert all(
        (item.tail is None) == ("/c/" not in key or key.startswith("sequences")) for key, item in inventory.items()
    )
    plain = Inventory({key: replace(item, tail=None) for key, item in inventory.items()})
    (copy / "zarr.json").write_bytes(root_bytes(document, plain))
    before = open_store(copy)
    for name in ("rgb", "mask", "valid"):
        np.testing.assert_array_equal(before.sequence(name, 3), store.sequence(name, 3))


@pytest.mark.parametrize("key", ["mask/zarr.json", "sequences/subject/c/0", "sequences/subject/zarr.json"])
def test_small_objects_are_checked_by_digest_at_opening(copy: Path, key: str) -> None:
    content = bytearray((copy / key).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / key).write_bytes(content)
    with pytest.raises(ShardAltered, match=key):
        open_store(copy)


def test_a_store_of_the_codec_that_was_the_default_before_is_read(tmp_path: Path) -> None:
    before = PackConfig.model_validate({"shard_frames": 30, "silhouette": {"codec": "zstd"}})
    earlier = open_store(build_store(tmp_path / "before", walks(subjects=2, frames=13), config=before))
    now = PackConfig.model_validate({"shard_frames": 30})
    later = open_store(build_store(tmp_path / "now", walks(subjects=2, frames=13), config=now))
    assert (earlier.spec("silhouette").codec, later.spec("silhouette").codec) == ("zstd", "zstd-by-column")
    for row in range(len(later.sequences)):
        np.testing.assert_array_equal(earlier.sequence("silhouette", row), later.sequence("silhouette", row))
