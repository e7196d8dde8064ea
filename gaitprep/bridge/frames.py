"""The frames of a store's sequence that an export writes."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.reader import StoreReader

Choice = Literal["all", "valid"]


class Frames:
    """Reads sequences with all of their frames, or the valid ones only.

    Args:
        store: an open store.
        choice: which frames.
    """

    def __init__(self, store: StoreReader, choice: Choice) -> None:
        self._store, self._choice = store, choice
        self._valid: NDArray[np.bool_] = store.read("valid", 0, store.frames)

    @property
    def invalid(self) -> int:
        """How many frames are read although they are not valid."""
        return int(self._store.sequences.length.sum() - self._valid.sum()) if self._choice == "all" else 0

    @property
    def barren(self) -> int:
        """How many sequences have none of the chosen frames."""
        if self._choice == "all":
            return 0
        table = self._store.sequences
        counts = np.add.reduceat(self._valid.astype(np.int64), table.start) if len(table) else np.zeros(0)
        return int((counts == 0).sum())

    def read(self, name: str, row: int) -> NDArray[Any]:
        """The chosen frames of an array, `[k, ...]`; k is 0 where no frame is valid."""
        frames = self._store.sequence(name, row)
        if self._choice == "all":
            return frames
        start = int(self._store.sequences.start[row])
        return frames[self._valid[start : start + len(frames)]]
