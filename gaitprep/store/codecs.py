"""How one chunk of frames becomes bytes: a name for each choice, its Zarr v3 metadata and its encoder."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import google_crc32c
import numpy as np
from numcodecs.zstd import Zstd
from numpy.typing import NDArray

from gaitprep.store.bits import bit_codec, compress_bits, expand_bits
from gaitprep.store.decoded import Decoded, Whole

CodecName = Literal["raw", "zstd", "zstd-by-pixel", "zstd-by-bit"]
"""`zstd-by-pixel` puts the values that a pixel has in all frames of a chunk side by side before it compresses, since
outlines move little from frame to frame. `zstd-by-bit` does so with each bit of all values, which suits frames of
nothing but 0 and 255. Both are for pictures of one byte a value."""

CHECKSUM_BYTES = 4
_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
_CRC32C = {"name": "crc32c"}
_ZSTD_LEVEL = 3


def chunk_codecs(codec: CodecName, dimensions: int, chunk_bytes: int) -> list[dict[str, Any]]:
    """The Zarr v3 codec chain of a chunk. It always ends in a CRC-32C, so that any reader notices a flipped bit.

    Args:
        codec: which.
        dimensions: how many axes the array has, the frame axis included.
        chunk_bytes: bytes of a chunk before compression.
    """
    if codec == "raw":
        return [_BYTES, _CRC32C]
    if codec == "zstd-by-bit":
        return [_BYTES, bit_codec(chunk_bytes), _CRC32C]
    zstd = {"name": "zstd", "configuration": {"level": _ZSTD_LEVEL, "checksum": False}}
    if codec == "zstd":
        return [_BYTES, zstd, _CRC32C]
    frames_last = {"name": "transpose", "configuration": {"order": [*range(1, dimensions), 0]}}
    return [frames_last, _BYTES, zstd, _CRC32C]


def index_codecs() -> list[dict[str, Any]]:
    """The codec chain of a shard's index."""
    return [_BYTES, _CRC32C]


def compress_chunk(chunk: NDArray[Any], codec: CodecName) -> NDArray[Any]:
    """One chunk, compressed, without its checksum.

    Args:
        chunk: C-contiguous, little-endian frames `[c, ...]`.
        codec: `raw` gives the bytes of `chunk` themselves, not a copy.

    Returns:
        The bytes, as `[b]` u1.
    """
    if codec == "raw":
        return chunk.reshape(-1).view(np.uint8)
    if codec == "zstd-by-bit":
        return compress_bits(chunk.reshape(-1).view(np.uint8))
    if codec == "zstd-by-pixel":
        chunk = cv2.transpose(chunk.reshape(len(chunk), -1).view(np.uint8))
    return np.frombuffer(Zstd(_ZSTD_LEVEL).encode(chunk), np.uint8)


def expand_chunk(data: NDArray[np.uint8], codec: CodecName, frames: int, frame_bytes: int) -> Decoded:
    """The inverse of `compress_chunk` for a chunk of `frames` frames.

    Returns:
        The frames one behind the other.

    Raises:
        ValueError: `data` does not hold just that many bytes.
    """
    if codec == "zstd-by-bit":
        return expand_bits(data, frames * frame_bytes)
    content = data
    if codec != "raw":
        try:
            content = np.frombuffer(Zstd().decode(data), np.uint8)
        except RuntimeError as error:
            raise ValueError(f"a chunk cannot be decompressed: {error}") from error
    if len(content) != frames * frame_bytes:
        raise ValueError(f"a chunk holds {len(content)} bytes where {frames * frame_bytes} are due")
    if codec == "zstd-by-pixel":
        content = np.asarray(cv2.transpose(content.reshape(frame_bytes, frames)), np.uint8).reshape(-1)
    return Whole(content)


def checksum(data: NDArray[Any]) -> bytes:
    """CRC-32C of contiguous bytes `[b]` u1, as four little-endian bytes."""
    return int(google_crc32c.value(data)).to_bytes(CHECKSUM_BYTES, "little")
