"""What verify looks for in the pictures of one sequence, block by block, so that long ones take no more memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from gaitprep.store.reader import StoreReader
from gaitprep.store.schema import ArraySpec

_BLOCK_BYTES = 1_000_000
"""Of pictures that are looked at together: what a core keeps at hand."""


@dataclass(frozen=True)
class Look:
    """What the pictures of one sequence in one array are like.

    Attributes:
        blank: [n] whether a frame is all zeros.
        binary: whether there is nothing but 0 and 255.
        frozen: whether all frames are equal.
        checksum: CRC-32C of all frames.
    """

    blank: NDArray[np.bool_]
    binary: bool
    frozen: bool
    checksum: int


def look(store: StoreReader, name: str, row: int) -> Look:
    """Looks at sequence number `row` in a picture array. Raises `StoreError` where it cannot be read."""
    blank: list[NDArray[np.bool_]] = []
    binary, frozen, checksum = True, True, 0
    first: NDArray[Any] | None = None
    for block in _blocks(store, name, row):
        frames = block.reshape(len(block), -1)
        checksum = google_crc32c.extend(checksum, frames.reshape(-1))
        blank.append(frames.max(axis=1) == 0)
        first = frames[0].copy() if first is None else first
        frozen = frozen and all(np.array_equal(frame, first) for frame in frames)
        if binary:
            # 255 + 1 wraps to 0, so only 0 and 255 leave no bit but the lowest. The block is not needed after this.
            frames += 1
            frames &= 254
            binary = not frames.any()
    return Look(np.concatenate(blank), binary, frozen, checksum)


class _Memory(threading.local):
    """Every block of a thread is read into the same memory: fresh pages would cost more than the looking."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def frames(self, count: int, spec: ArraySpec) -> NDArray[np.uint8]:
        """Room for `count` frames."""
        size = count * spec.frame_bytes
        if len(self._bytes) < size:
            self._bytes = np.empty(size, np.uint8)
        return self._bytes[:size].reshape(count, *spec.frame_shape)


_memory = _Memory()


def _blocks(store: StoreReader, name: str, row: int) -> Iterator[NDArray[np.uint8]]:
    """The frames of a sequence; blocks end where chunks do, so that no chunk is decoded twice for one sequence."""
    spec = store.spec(name)
    step = max(1, _BLOCK_BYTES // (spec.frame_bytes * spec.chunk_frames)) * spec.chunk_frames
    start = int(store.sequences.start[row])
    end = start + int(store.sequences.length[row])
    while start < end:
        stop = min(start - start % step + step, end)
        yield store.read(name, start, stop, _memory.frames(stop - start, spec))
        start = stop
