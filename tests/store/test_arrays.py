from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.store.arrays import Damaged, ShardedArray, open_array
from gaitprep.store.cache import ChunkCache
from gaitprep.store.codecs import CodecName, checksum
from gaitprep.store.place import Folder
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, ArraySpec
from tests.store.test_shard import frames, write


def spec(codec: CodecName, chunk: int, shard: int, name: str = "silhouette") -> ArraySpec:
    return replace(ARRAYS[ARRAY_NAMES.index(name)], codec=codec, chunk_frames=chunk, shard_frames=shard)


def opened(folder: Path, of: ArraySpec, total: int, cache: int = 0) -> ShardedArray:
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return open_array(Folder(folder), of.name, total, sizes, ChunkCache(cache))


def read(array: ShardedArray, start: int, stop: int) -> np.ndarray:
    out = np.full((stop - start, *array.spec.frame_shape), 77, array.spec.dtype)
    array.read(start, stop, out)
    return out


@settings(deadline=None)  # a busy machine takes its time
@given(
    codec=st.sampled_from(["raw", "zstd", "zstd-by-pixel", "zstd-by-column", "zstd-by-bit"]),
    layout=st.sampled_from([(1, 4), (3, 12), (5, 20), (7, 7)]),
    windows=st.lists(st.tuples(st.integers(0, 46), st.integers(1, 47)), min_size=1, max_size=8),
    cache=st.sampled_from([0, 50_000, 10**7]),
)
def test_any_window_of_any_layout_is_what_was_written(
    codec: CodecName, layout: tuple[int, int], windows: list[tuple[int, int]], cache: int
) -> None:
    """Windows one after the other, so that some chunks have been checked or kept before and others not."""
    of = spec(codec, *layout)
    values = frames(of, 47)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), of, values)
        array = opened(Path(folder), of, 47, cache)
        for start, length in windows:
            stop = min(start + length, 47)
            np.testing.assert_array_equal(read(array, start, stop), values[start:stop])


@pytest.mark.parametrize("codec", ["raw", "zstd", "zstd-by-pixel", "zstd-by-column", "zstd-by-bit"])
def test_every_flipped_bit_in_reach_is_noticed(tmp_path: Path, codec: CodecName) -> None:
    of = spec(codec, 5, 20)
    write(tmp_path, of, frames(of, 20))
    path = tmp_path / of.key(0)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in [*rng.integers(len(content), size=40).tolist(), len(content) - 1, len(content) - 40]:
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(Damaged):
            read(opened(tmp_path, of, 20), 0, 20)


@pytest.mark.parametrize("codec", ["raw", "zstd", "zstd-by-pixel", "zstd-by-column", "zstd-by-bit"])
def test_damage_after_the_first_touch_is_noticed(tmp_path: Path, codec: CodecName) -> None:
    of = spec(codec, 5, 20)
    write(tmp_path, of, frames(of, 20))
    array, path = opened(tmp_path, of, 20), tmp_path / of.key(0)
    read(array, 0, 20)
    content = bytearray(path.read_bytes())
    content[9] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))  # for file systems whose clock ticks slowly
    with pytest.raises(Damaged):
        read(array, 2, 4)
    np.testing.assert_array_equal(read(array, 6, 12), frames(of, 20)[6:12])  # other chunks are as they were


def test_a_shortened_file_is_an_error_and_no_crash(tmp_path: Path) -> None:
    of = spec("raw", 5, 20)
    write(tmp_path, of, frames(of, 20))
    array, path = opened(tmp_path, of, 20), tmp_path / of.key(0)
    read(array, 0, 20)
    os.truncate(path, 100)
    with pytest.raises(Damaged, match="another size"):
        read(array, 0, 20)


@pytest.mark.parametrize("entry", [(-5, 100), (0, 10**9), (10**9, 100), (0, 3), (2**64 - 1, 2**64 - 1)])
def test_an_index_that_cannot_be_true_is_refused(tmp_path: Path, entry: tuple[int, int]) -> None:
    of = spec("zstd", 5, 20)
    write(tmp_path, of, frames(of, 20))
    path = tmp_path / of.key(0)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    index = content[-68:-4].view("<u8").reshape(4, 2)
    index[1] = np.array(entry, dtype=object).astype(np.int64 if min(entry) < 0 else np.uint64).view(np.uint64)
    content[-4:] = np.frombuffer(checksum(content[-68:-4]), np.uint8)
    path.write_bytes(content.tobytes())
    with pytest.raises(Damaged):
        read(opened(tmp_path, of, 20), 0, 20)


def test_chunks_in_another_order_are_read_as_well(tmp_path: Path) -> None:
    """Other writers may append chunks as they come."""
    of = spec("raw", 5, 20)
    values = frames(of, 20)
    write(tmp_path, of, values)
    path = tmp_path / of.key(0)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    index = content[-68:-4].view("<u8").reshape(4, 2)
    first, second = (slice(int(o), int(o + n)) for o, n in index[1:3])
    content[first], content[second] = content[second].copy(), content[first].copy()
    index[[1, 2]] = index[[2, 1]]
    content[-4:] = np.frombuffer(checksum(content[-68:-4]), np.uint8)
    path.write_bytes(content.tobytes())
    np.testing.assert_array_equal(read(opened(tmp_path, of, 20), 0, 20), values)


def test_small_shards_are_fetched_whole_once_and_large_ones_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: list[int] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda file, *_: expected.append(os.fstat(file).st_size), raising=False)
    small, large = spec("zstd-by-bit", 5, 20, "mask"), spec("raw", 5, 40, "rgb")
    for of in (small, large):
        write(tmp_path, of, np.zeros((40, *of.frame_shape), np.uint8))
        array = opened(tmp_path, of, 40)
        for start in (0, 3, 18, 30):
            read(array, start, start + 8)
    shards = [(tmp_path / small.key(number)).stat().st_size for number in (0, 1)]
    assert expected == shards
