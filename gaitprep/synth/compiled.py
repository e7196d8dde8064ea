"""Compiled functions: numba behind a decorator that keeps the types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiles `function` to machine code at its first call and keeps the code on disk for later processes.

    Strict floating point (no `fastmath`): the truth must be the same to the byte everywhere.
    """
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
