"""How one chunk of frames becomes bytes: a name for each choice, its Zarr v3 metadata and its encoder."""

from __future__ import annotations

import math
from typing import Any, Literal

import cv2
import google_crc32c
import numpy as np
from numcodecs import zstd
from numpy.typing import NDArray

from gaitprep.store.bits import bit_codec, compress_bits, expand_bits
from gaitprep.store.decoded import Decoded, Whole

CodecName = Literal["raw", "zstd", "zstd-by-pixel", "zstd-by-column", "zstd-by-bit"]
"""What is put side by side before it is compressed. `zstd-by-column`: the values of a column of pixels, and those of
the same column in all frames of a chunk, since outlines of people run down more than across. `zstd-by-pixel`: the
values that a pixel has in all frames. `zstd-by-bit`: each bit of all values, for frames of nothing but 0 and 255. These
three are for pictures of one byte a value."""

CHECKSUM_BYTES = 4
_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
_CRC32C = {"name": "crc32c"}
_ZSTD_LEVEL = 3
_ROW_AXES = {"zstd-by-pixel": 1, "zstd-by-column": 2}
"""How many of the first axes are put last: by frame, or by frame and row of pixels."""


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
    compressed = {"name": "zstd", "configuration": {"level": _ZSTD_LEVEL, "checksum": False}}
    if codec == "zstd":
        return [_BYTES, compressed, _CRC32C]
    rows = _ROW_AXES[codec]
    turned = {"name": "transpose", "configuration": {"order": [*range(rows, dimensions), *range(rows)]}}
    return [turned, _BYTES, compressed, _CRC32C]


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
    if codec in _ROW_AXES:
        chunk = cv2.transpose(chunk.reshape(_rows(codec, chunk.shape), -1).view(np.uint8))
    return np.frombuffer(zstd.compress(chunk, _ZSTD_LEVEL), np.uint8)


def expand_chunk(data: NDArray[np.uint8], codec: CodecName, shape: tuple[int, ...], size: int) -> Decoded:
    """The inverse of `compress_chunk`.

    Args:
        data: what it returned.
        codec: which.
        shape: of the chunk, the frame axis first.
        size: its bytes.

    Returns:
        The frames one behind the other.

    Raises:
        ValueError: `data` does not hold just that many bytes.
    """
    if codec == "zstd-by-bit":
        return expand_bits(data, size)
    content = data
    if codec != "raw":
        try:
            content = np.frombuffer(zstd.decompress(data), np.uint8)
        except RuntimeError as error:
            raise ValueError(f"a chunk cannot be decompressed: {error}") from error
    if len(content) != size:
        raise ValueError(f"a chunk holds {len(content)} bytes where {size} are due")
    if codec in _ROW_AXES:
        content = np.asarray(cv2.transpose(content.reshape(-1, _rows(codec, shape))), np.uint8).reshape(-1)
    return Whole(content)


def _rows(codec: CodecName, shape: tuple[int, ...]) -> int:
    return math.prod(shape[: _ROW_AXES[codec]])


def checksum(data: NDArray[Any]) -> bytes:
    """CRC-32C of contiguous bytes `[b]` u1, as four little-endian bytes."""
    return int(google_crc32c.value(data)).to_bytes(CHECKSUM_BYTES, "little")
