"""Decoded chunks that were read lately, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from gaitprep.store.decoded import Decoded


class ChunkCache:
    """Keeps the chunks used last; threads may share it.

    Args:
        limit: bytes of chunks that are kept at most; 0 keeps none.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._chunks: OrderedDict[Hashable, Decoded] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, keys: Sequence[Hashable]) -> list[Decoded | None]:
        """The chunks, as far as they are kept."""
        with self._lock:
            chunks = [self._chunks.get(key) for key in keys]
            for key, chunk in zip(keys, chunks, strict=True):
                if chunk is not None:
                    self._chunks.move_to_end(key)
            return chunks

    def put(self, key: Hashable, chunk: Decoded) -> None:
        """Keeps the chunk, and lets go of others where room is needed."""
        if chunk.nbytes > self._limit:
            return
        with self._lock:
            if key not in self._chunks:
                self._bytes += chunk.nbytes
            self._chunks[key] = chunk
            while self._bytes > self._limit:
                self._bytes -= self._chunks.popitem(last=False)[1].nbytes
