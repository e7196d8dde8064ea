"""Memory for batches: page-locked for a GPU, used again on the CPU, so that no batch pays for pages of its own."""

from __future__ import annotations

import math
import threading
import weakref
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[Any]


class BatchMemory:
    """Gives arrays for batches; threads may share it.

    Fresh memory costs more than the reading: each page is cleared by the kernel when it is first touched. Where the
    device is the CPU, memory comes back once nobody holds the array any more, nor a view or tensor of it, and is given
    out again. To a GPU copies may be under way after that, so its memory is left to torch, which waits for them.

    Args:
        device: that trains.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._pinned, self._reuses = device == "cuda", device == "cpu"
        self._free: dict[int, list[Array]] = defaultdict(list)
        self._lock = threading.Lock()

    def empty(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """An array with anything in it."""
        kind = np.dtype(dtype)
        size = math.prod(shape) * kind.itemsize
        if not self._reuses or not size:
            like = torch.from_numpy(np.empty(0, kind)).dtype
            own: Array = torch.empty(shape, dtype=like, pin_memory=self._pinned).numpy()
            return own
        with self._lock:
            free = self._free[size]
            block = free.pop() if free else np.empty(size, np.uint8)
        return np.asarray(_Lease(block, free)).view(kind).reshape(shape)


class _Lease:
    """What every array on a block holds on to, so that its end is theirs; then the block goes back."""

    def __init__(self, block: Array, free: list[Array]) -> None:
        self.__array_interface__ = block.__array_interface__
        weakref.finalize(self, free.append, block).atexit = False
