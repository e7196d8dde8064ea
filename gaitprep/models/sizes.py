"""Checks of network sizes, so that an impossible one is an error with a name rather than a shape mismatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gaitprep.errors import UsageError


def check_counts(name: str, values: Any, length: int | None = None) -> None:
    """Raise UsageError unless `values` is a sequence of positive whole numbers, `length` of them where given."""
    fits = isinstance(values, Sequence) and not isinstance(values, str) and len(values) > 0
    if not fits or not all(type(value) is int and value > 0 for value in values):
        raise UsageError(f"{name} must be a list of positive whole numbers, got {values!r}")
    if length is not None and len(values) != length:
        raise UsageError(f"{name} must be {length} numbers, got {len(values)}")


def check_divides(name: str, values: Sequence[int], whole: int) -> None:
    """Raise UsageError unless every value divides `whole` image rows."""
    for value in values:
        if whole % value:
            raise UsageError(f"{name} must divide {whole} rows evenly, got {value}")


def check_choice(name: str, value: Any, choices: Sequence[str]) -> None:
    """Raise UsageError unless `value` is one of `choices`."""
    if value not in choices:
        raise UsageError(f"there is no {name} {value!r}", next_step=f"choose one of: {', '.join(choices)}")
