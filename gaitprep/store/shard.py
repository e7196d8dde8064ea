"""The bytes of one stored object: chunks one behind the other, then their index (Zarr v3 `sharding_indexed`).

Encoded here and not by a Zarr library, so that an object has its size and digest before it is published once and whole,
and so that equal frames give equal bytes whatever library reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.codecs import CHECKSUM_BYTES, checksum, compress_chunk
from gaitprep.store.schema import ArraySpec

_ABSENT = np.uint64(2**64 - 1)


def encode_shard(spec: ArraySpec, frames: NDArray[Any]) -> NDArray[Any]:
    """Encodes the frames of one shard; equal frames give equal bytes.

    Args:
        spec: the array.
        frames: as for `encode_pieces`.

    Returns:
        The object's content, `[b]` u1.

    Raises:
        ValueError: shape or type do not fit the array.
    """
    return np.concatenate(encode_pieces(spec, frames))


def encode_pieces(spec: ArraySpec, frames: NDArray[Any]) -> list[NDArray[Any]]:
    """The content of a shard in pieces, which for raw chunks are views of `frames`: nothing is copied.

    Every chunk that holds a frame is stored, also one of zeros only, so that an absent chunk always means damage.

    Args:
        spec: the array.
        frames: `[n, *spec.frame_shape]` of `spec.dtype`, 1 ≤ n ≤ `spec.shard_frames`; fewer in the last shard.

    Returns:
        Bytes `[b]` u1, which one behind the other are the object's content.

    Raises:
        ValueError: shape or type do not fit the array.
    """
    dtype = np.dtype(spec.dtype).newbyteorder("<")
    if frames.shape[1:] != spec.frame_shape or frames.dtype != dtype:
        raise ValueError(f"{spec.name}: {frames.dtype}{list(frames.shape)} does not fit {spec}")
    if not 1 <= len(frames) <= spec.shard_frames:
        raise ValueError(f"{spec.name}: {len(frames)} frames do not fit a shard of {spec.shard_frames}")
    index = np.full((spec.shard_frames // spec.chunk_frames, 2), _ABSENT, "<u8")
    pieces: list[NDArray[Any]] = []
    offset = 0
    for number, chunk in enumerate(_chunks(spec, frames)):
        data = compress_chunk(chunk, spec.codec)
        index[number] = offset, len(data) + CHECKSUM_BYTES
        offset += len(data) + CHECKSUM_BYTES
        pieces += [data, _crc(data)]
    table = index.reshape(-1).view(np.uint8)
    return [*pieces, table, _crc(table)]


def tail_of(pieces: Sequence[NDArray[Any]]) -> int:
    """The CRC-32C that ends the last chunk of a shard in pieces; it stands right before the index."""
    *_, last, _table, _checksum = pieces
    return int.from_bytes(last.tobytes(), "little")


def _chunks(spec: ArraySpec, frames: NDArray[Any]) -> list[NDArray[Any]]:
    """The frames in chunks; the last one is filled up with zeros, as Zarr's regular grid wants."""
    step = spec.chunk_frames
    chunks = [np.ascontiguousarray(frames[start : start + step]) for start in range(0, len(frames), step)]
    if len(chunks[-1]) < step:
        whole = np.zeros((step, *spec.frame_shape), frames.dtype)
        whole[: len(chunks[-1])] = chunks[-1]
        chunks[-1] = whole
    return chunks


def _crc(data: NDArray[Any]) -> NDArray[Any]:
    return np.frombuffer(checksum(data), np.uint8)
