"""Digests: the names of contents."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 2**20
"""Of a file at a time: what a core keeps at hand, and few enough turns of the interpreter where threads share it."""


def digest_bytes(data: bytes | bytearray | memoryview) -> str:
    """SHA-256 of `data`, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's contents, read in blocks.

    Raises:
        OSError: the file cannot be read.
    """
    digest, block = hashlib.sha256(), memoryview(bytearray(_BLOCK_BYTES))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            digest.update(block[:count])
    return digest.hexdigest()


def digest_json(value: Any) -> str:
    """SHA-256 of the canonical JSON form of `value` (sorted keys, no spaces; tuples count as lists)."""
    return digest_bytes(canonical_json(value).encode())


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
