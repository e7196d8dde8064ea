from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorstore
import zarr

from gaitprep.store.codecs import CodecName
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, PICTURES, ArraySpec
from gaitprep.store.shard import encode_shard


def spec(name: str = "silhouette", codec: CodecName = "zstd", chunk: int = 5, shard: int = 20) -> ArraySpec:
    return replace(ARRAYS[ARRAY_NAMES.index(name)], codec=codec, chunk_frames=chunk, shard_frames=shard)


def frames(of: ArraySpec, n: int) -> np.ndarray:
    values = np.random.default_rng(n).integers(0, 255, (n, *of.frame_shape))
    return values.astype(of.dtype)


def write(folder: Path, of: ArraySpec, values: np.ndarray) -> None:
    for number in range(0, -(-len(values) // of.shard_frames)):
        path = folder / of.key(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = values[number * of.shard_frames : (number + 1) * of.shard_frames]
        path.write_bytes(encode_shard(of, part))
    (folder / of.name / "zarr.json").write_text(json.dumps(of.metadata(len(values))))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        *itertools.product(ARRAY_NAMES, ["raw", "zstd"]),
        *itertools.product(PICTURES, ["zstd-by-pixel", "zstd-by-column", "zstd-by-bit"]),
    ],
)
def test_other_implementations_read_what_is_written(tmp_path: Path, name: str, codec: CodecName) -> None:
    of = spec(name, codec)
    values = frames(of, 47)  # two whole shards, and one of a whole chunk and a piece of one
    write(tmp_path, of, values)
    handle = tensorstore.open(
        {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{tmp_path}/{name}/"}}, open=True
    ).result()
    array = zarr.open_array(tmp_path / name, mode="r")
    assert array.dtype == values.dtype
    np.testing.assert_array_equal(array[:], values)
    np.testing.assert_array_equal(handle.read().result(), values)


def test_equal_frames_give_equal_bytes() -> None:
    of = spec()
    assert encode_shard(of, frames(of, 20)).tobytes() == encode_shard(of, frames(of, 20)).tobytes()


def test_blank_frames_are_stored_so_that_absence_is_damage(tmp_path: Path) -> None:
    of = spec("mask", "raw")
    content = encode_shard(of, np.zeros((20, 128, 128), np.uint8))
    index = np.frombuffer(content[-(4 * 16 + 4) : -4], "<u8").reshape(4, 2)
    assert (index[:, 1] == 5 * 128 * 128 + 4).all()


def test_a_view_of_other_strides_is_encoded_by_its_values() -> None:
    of = spec()
    values = frames(of, 20)
    flipped = np.ascontiguousarray(values[:, ::-1])[:, ::-1]
    assert encode_shard(of, flipped).tobytes() == encode_shard(of, values).tobytes()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((0, 64, 44), np.uint8),
        np.zeros((21, 64, 44), np.uint8),
        np.zeros((5, 64, 64), np.uint8),
        np.zeros((5, 64, 44), np.float32),
    ],
)
def test_frames_that_do_not_fit_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="silhouette"):
        encode_shard(spec(), wrong)
