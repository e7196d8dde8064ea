"""How one chunk of frames becomes bytes: a name for each choice, its Zarr v3 metadata and its encoder."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

import cv2
import google_crc32c
import numpy as np
from numcodecs.zstd import Zstd
from numpy.typing import NDArray

CodecName = Literal["raw", "zstd", "zstd-by-pixel"]
"""`zstd-by-pixel` puts the values that a pixel has in all frames of a chunk side by side before it compresses, since
outlines move little from frame to frame. For arrays of one byte a value."""

CHECKSUM_BYTES = 4
_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
_CRC32C = {"name": "crc32c"}
_ZSTD_LEVEL = 3


def chunk_codecs(codec: CodecName, dimensions: int) -> list[dict[str, Any]]:
    """The Zarr v3 codec chain of a chunk. It always ends in a CRC-32C, so that any reader notices a flipped bit.

    Args:
        codec: which.
        dimensions: how many axes the array has, the frame axis included.
    """
    if codec == "raw":
        return [_BYTES, _CRC32C]
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
    if codec == "zstd-by-pixel":
        chunk = cv2.transpose(chunk.reshape(len(chunk), -1).view(np.uint8))
    return np.frombuffer(Zstd(_ZSTD_LEVEL).encode(chunk), np.uint8)


def expand_chunk(data: NDArray[np.uint8], codec: CodecName, frames: int, frame_bytes: int) -> NDArray[np.uint8]:
    """The inverse of `compress_chunk` for a chunk of `frames` frames.

    Returns:
        The frames one behind the other, `[frames * frame_bytes]` u1.

    Raises:
        ValueError: `data` does not hold just that many bytes.
    """
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
    return content


def codec_of(chain: list[dict[str, Any]], dimensions: int) -> CodecName:
    """The codec whose chain this is, see `chunk_codecs`. Raises `KeyError` where it is none of ours."""
    for codec in get_args(CodecName):
        if chain == chunk_codecs(codec, dimensions):
            return cast(CodecName, codec)
    raise KeyError(str(chain))


def checksum(data: NDArray[Any]) -> bytes:
    """CRC-32C of contiguous bytes `[b]` u1, as four little-endian bytes."""
    return int(google_crc32c.value(data)).to_bytes(CHECKSUM_BYTES, "little")
