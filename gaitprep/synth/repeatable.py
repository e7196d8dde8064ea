"""Arithmetic that does not depend on how many threads share it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from threadpoolctl import ThreadpoolController

Function = TypeVar("Function", bound=Callable[..., Any])


def repeatable(function: Function) -> Function:
    """Lets numpy's matrix products use one thread while `function` runs.

    Where threads meet, they cut a product into other pieces, and the last digits differ: enough for a sample of the
    truth to fall on the other side of an edge.
    """

    @functools.wraps(function)
    def alone(*args: Any, **kwargs: Any) -> Any:
        with _libraries().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return cast(Function, alone)


@functools.cache
def _libraries() -> ThreadpoolController:
    """Those that are loaded; looking for them takes longer than drawing a crop may."""
    return ThreadpoolController()
