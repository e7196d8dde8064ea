"""Chunks as they are kept in memory once they are decoded, and how frames come out of them."""

from __future__ import annotations

from abc import ABC, abstractmethod

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_EIGHT = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little") * np.uint8(255)
# A look-up copies entries of eight bytes as they are; that they are called numbers is only to have eight of them.
_TABLE = _EIGHT.view(np.float64).reshape(256)


class Decoded(ABC):
    """The content of a chunk, which must not be changed any more.

    Attributes:
        nbytes: what it takes in memory.
    """

    nbytes: int

    @abstractmethod
    def copy(self, first: int, last: int, out: Bytes) -> None:
        """Copies bytes `first` to `last` of the chunk to `out`, `[last - first]` u1, contiguous."""


class Whole(Decoded):
    """All bytes of a chunk, as they are.

    Args:
        content: `[b]` u1.
    """

    def __init__(self, content: Bytes) -> None:
        self._content, self.nbytes = content, content.nbytes

    def copy(self, first: int, last: int, out: Bytes) -> None:
        """See `Decoded.copy`."""
        out[:] = self._content[first:last]


class Bits(Decoded):
    """A chunk of nothing but 0 and 255, a bit for each byte: an eighth of the memory, and little slower to copy.

    Args:
        content: `[b / 8]` u1, the first byte of eight in the lowest bit. `copy` wants multiples of 8.
    """

    def __init__(self, content: Bytes) -> None:
        self._content, self.nbytes = content, content.nbytes

    def copy(self, first: int, last: int, out: Bytes) -> None:
        """See `Decoded.copy`."""
        cv2.LUT(self._content[first // 8 : last // 8], _TABLE, dst=out.view(np.float64))
