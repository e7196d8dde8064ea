"""Which sequences of a store are wanted: by label, by length, by quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import UsageError
from gaitprep.manifest.select import Subjects
from gaitprep.store.reader import StoreReader


@dataclass(frozen=True)
class Choice:
    """What a sequence must be to be chosen; what is empty or zero asks for nothing.

    Attributes:
        subjects, conditions, views: labels, or patterns such as `nm-*`; one of each must fit. Subjects may be ranges as
            well, `001-074` or `1-99:2`.
        min_valid_frames: valid frames that it must have.
        min_quality: mean quality that its valid frames must have, 0 to 1.
    """

    subjects: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    min_valid_frames: int = 0
    min_quality: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """What is asked for, as plain values."""
        return {name: value for name, value in asdict(self).items() if value}

    def rows(self, store: StoreReader) -> list[int]:
        """The numbers of the sequences that are chosen, in their order.

        Raises:
            UsageError: a pattern fits no label of the store, or nothing is left.
            StoreError: quality is asked for, and the store has none.
        """
        table = store.sequences
        chosen = np.ones(len(table), bool)
        for what, patterns in (("subject", self.subjects), ("condition", self.conditions), ("view", self.views)):
            if patterns:
                chosen &= _fitting(getattr(table, what), what, patterns)
        rows = [int(row) for row in np.flatnonzero(chosen) if self._is_good(store, int(row))]
        if not rows:
            raise UsageError(f"no sequence of {store.path} is all that is asked for", next_step="ask for less")
        return rows

    def _is_good(self, store: StoreReader, row: int) -> bool:
        if not self.min_valid_frames and not self.min_quality:
            return True
        valid = store.sequence("valid", row)
        if valid.sum() < max(self.min_valid_frames, 1):
            return False
        return not self.min_quality or float(store.sequence("quality", row)[valid].mean()) >= self.min_quality


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda name: fnmatchcase(name, pattern)


def _fitting(labels: NDArray[np.str_], what: str, patterns: Sequence[str]) -> NDArray[np.bool_]:
    fits = np.zeros(len(labels), bool)
    known = {name: labels == name for name in dict.fromkeys(labels.tolist())}
    for pattern in patterns:
        fits_one = Subjects.of([pattern]).names if what == "subject" else _matches(pattern)
        names = [name for name in known if fits_one(name)]
        if not names:
            raise UsageError(f"no {what} of the store is {pattern!r}", cause=f"there are {', '.join(list(known)[:12])}")
        for name in names:
            fits |= known[name]
    return fits
