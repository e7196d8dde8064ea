"""Compiled functions: numba behind a decorator that keeps the types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compiles `function` to machine code at its first call and keeps the code on disk for later processes."""
    return cast(_Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
