"""Memory that every step wants again is not given back in between."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Numbers of mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4
_MEBIBYTE = 2**20


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Has the C library keep freed memory for the next tensors; with other libraries than glibc it does nothing.

    As a rule, glibc asks the kernel for every large tensor and returns it when it is freed, and the kernel clears each
    page anew: up to a quarter of a training step on a CPU.
    """
    libc = _glibc()
    if libc is None:
        yield
        return
    libc.mallopt(_MMAP_MAX, 0)
    libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    try:
        yield
    finally:
        # What glibc's own adaptation arrives at, which ended with the first of these calls.
        libc.mallopt(_MMAP_MAX, 65536)
        libc.mallopt(_MMAP_THRESHOLD, 32 * _MEBIBYTE)
        libc.mallopt(_TRIM_THRESHOLD, 64 * _MEBIBYTE)
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
