"""How one chunk of frames becomes bytes: a name for each choice, its Zarr v3 metadata and its encoder."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

import google_crc32c
import numpy as np
from numcodecs.zstd import Zstd
from numpy.typing import NDArray

CodecName = Literal["raw", "zstd"]

CHECKSUM_BYTES = 4
_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
_CRC32C = {"name": "crc32c"}
_ZSTD_LEVEL = 3


def chunk_codecs(codec: CodecName) -> list[dict[str, Any]]:
    """The Zarr v3 codec chain of a chunk. It always ends in a CRC-32C, so that any reader notices a flipped bit."""
    if codec == "raw":
        return [_BYTES, _CRC32C]
    return [_BYTES, {"name": "zstd", "configuration": {"level": _ZSTD_LEVEL, "checksum": False}}, _CRC32C]


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
    return np.frombuffer(Zstd(_ZSTD_LEVEL).encode(chunk), np.uint8)


def expand_chunk(data: NDArray[np.uint8], codec: CodecName, size: int) -> NDArray[np.uint8]:
    """The inverse of `compress_chunk` for a chunk of `size` bytes.

    Raises:
        ValueError: `data` does not hold just that many bytes.
    """
    content = data
    if codec != "raw":
        try:
            content = np.frombuffer(Zstd().decode(data), np.uint8)
        except RuntimeError as error:
            raise ValueError(f"a chunk cannot be decompressed: {error}") from error
    if len(content) != size:
        raise ValueError(f"a chunk holds {len(content)} bytes where {size} are due")
    return content


def codec_of(chain: list[dict[str, Any]]) -> CodecName:
    """The codec whose chain this is. Raises `KeyError` where it is none of ours."""
    for codec in get_args(CodecName):
        if chain == chunk_codecs(codec):
            return cast(CodecName, codec)
    raise KeyError(str(chain))


def checksum(data: NDArray[Any]) -> bytes:
    """CRC-32C of contiguous bytes `[b]` u1, as four little-endian bytes."""
    return int(google_crc32c.value(data)).to_bytes(CHECKSUM_BYTES, "little")
