"""Compiled functions: numba behind a decorator that keeps the types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiles `function` to machine code at its first call and keeps the code on disk for later processes.

    The code is kept beside the package or, where that cannot be written to, in the user's cache folder; always in
    `$NUMBA_CACHE_DIR` if that is set. Where nothing can be kept, every process compiles anew.

    Strict floating point (no `fastmath`): the truth must be the same to the byte everywhere.
    """
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return cast(Function, numba.njit(cache=True, **options)(function))
    except RuntimeError:
        return cast(Function, numba.njit(**options)(function))
