"""Blosc's bit shuffle, and a short way back from it for chunks of two values.

The shuffle puts bit k of all bytes of a block side by side, as plane k of eight. Where all bytes are 0 or 255 the
planes are equal and a compressor takes them as one. To shuffle back costs three times as much as all else that decoding
does, so a chunk of such bytes is decompressed as it was shuffled, and one plane of it is kept.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

import cv2
import numpy as np
from numcodecs import blosc

from gaitprep.store.decoded import Bits, Bytes, Decoded, Whole

_LEVEL = 1
_HEADER = Struct("<4B3I")
"""Versions of the format and of the compressor's, flags, bytes of a value; bytes of the chunk, of a block, and stored
(c-blosc, README_CHUNK_FORMAT)."""
_FLAGS, _STORED_PLAIN, _SHUFFLED_BITS = 2, 0x02, 0x04


def bit_codec(chunk_bytes: int) -> dict[str, Any]:
    """The Zarr v3 codec: the whole chunk is one block."""
    configuration = {
        "cname": "zstd",
        "clevel": _LEVEL,
        "shuffle": "bitshuffle",
        "typesize": 1,
        "blocksize": chunk_bytes,
    }
    return {"name": "blosc", "configuration": configuration}


def compress_bits(chunk: Bytes) -> Bytes:
    """A chunk `[b]` u1, shuffled and compressed, as `[c]` u1."""
    return np.frombuffer(blosc.compress(chunk, b"zstd", _LEVEL, blosc.BITSHUFFLE, chunk.nbytes), np.uint8)


def expand_bits(data: Bytes, size: int) -> Decoded:
    """The inverse of `compress_bits`, also where another writer chose other blocks.

    Args:
        data: what is stored, `[c]` u1.
        size: bytes of the chunk, a multiple of 8.

    Raises:
        ValueError: `data` does not hold just that many bytes, or cannot be decompressed.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"a chunk of {len(data)} bytes cannot be decompressed")
    *_, flags, _, holds, block, stored = _HEADER.unpack_from(data.data)
    if holds != size or stored != len(data):
        raise ValueError(f"a chunk says {holds} bytes in {stored} where {size} in {len(data)} are due")
    if flags & _SHUFFLED_BITS and not flags & _STORED_PLAIN and not block % 8:
        bits = _plane(data, size, block)
        if bits is not None:
            return Bits(bits)
    return Whole(_decompress(data, np.empty(size, np.uint8)))


def _plane(data: Bytes, size: int, block: int) -> Bytes | None:
    """A bit for each byte, `[size / 8]` u1, or None where some byte is neither 0 nor 255."""
    unshuffled = data.copy()
    unshuffled[_FLAGS] &= ~np.uint8(_SHUFFLED_BITS)
    planes = _decompress(unshuffled, np.empty(size, np.uint8))
    bits = np.empty(size // 8, np.uint8)
    for start in range(0, size, block):
        eight = planes[start : start + block].reshape(8, -1)
        if cv2.norm(eight[1:], eight[:-1], cv2.NORM_INF):
            return None
        bits[start // 8 : (start + block) // 8] = eight[0]
    return bits


def _decompress(data: Bytes, out: Bytes) -> Bytes:
    try:
        blosc.decompress(data, out)
    except RuntimeError as error:
        raise ValueError(f"a chunk cannot be decompressed: {error}") from error
    return out
