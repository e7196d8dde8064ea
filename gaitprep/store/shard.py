"""The bytes of one stored object: chunks one behind the other, then their index (Zarr v3 `sharding_indexed`).

Encoded here and not by a Zarr library, so that an object has its size and digest before it is published once and whole,
and so that equal frames give equal bytes whatever library reads them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.codecs import CHECKSUM_BYTES, checksum, compress_chunk
from gaitprep.store.schema import ArraySpec

_ABSENT = np.uint64(2**64 - 1)


def encode_shard(spec: ArraySpec, frames: NDArray[Any]) -> NDArray[Any]:
    """Encodes the frames of one shard; equal frames give equal bytes.

    Every chunk that holds a frame is stored, also one of zeros only, so that an absent chunk always means damage.

    Args:
        spec: the array.
        frames: `[n, *spec.frame_shape]` of `spec.dtype`, 1 ≤ n ≤ `spec.shard_frames`; fewer in the last shard.

    Returns:
        The object's content, `[b]` u1.

    Raises:
        ValueError: shape or type do not fit the array.
    """
    dtype = np.dtype(spec.dtype).newbyteorder("<")
    if frames.shape[1:] != spec.frame_shape or frames.dtype != dtype:
        raise ValueError(f"{spec.name}: {frames.dtype}{list(frames.shape)} does not fit {spec}")
    if not 1 <= len(frames) <= spec.shard_frames:
        raise ValueError(f"{spec.name}: {len(frames)} frames do not fit a shard of {spec.shard_frames}")
    pieces = [compress_chunk(chunk, spec.codec) for chunk in _chunks(spec, frames)]
    index = np.full((spec.shard_frames // spec.chunk_frames, 2), _ABSENT, "<u8")
    content = np.empty(sum(len(piece) + CHECKSUM_BYTES for piece in pieces) + index.nbytes + CHECKSUM_BYTES, np.uint8)
    offset = 0
    for number, piece in enumerate(pieces):
        index[number] = offset, len(piece) + CHECKSUM_BYTES
        offset = _append(content, offset, piece)
    _append(content, offset, index.reshape(-1).view(np.uint8))
    return content


def _chunks(spec: ArraySpec, frames: NDArray[Any]) -> list[NDArray[Any]]:
    """The frames in chunks; the last one is filled up with zeros, as Zarr's regular grid wants."""
    step = spec.chunk_frames
    chunks = [np.ascontiguousarray(frames[start : start + step]) for start in range(0, len(frames), step)]
    if len(chunks[-1]) < step:
        whole = np.zeros((step, *spec.frame_shape), frames.dtype)
        whole[: len(chunks[-1])] = chunks[-1]
        chunks[-1] = whole
    return chunks


def _append(content: NDArray[Any], offset: int, data: NDArray[Any]) -> int:
    end = offset + len(data)
    content[offset:end] = data
    content[end : end + CHECKSUM_BYTES] = np.frombuffer(checksum(content[offset:end]), np.uint8)
    return end + CHECKSUM_BYTES
