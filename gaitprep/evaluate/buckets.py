"""Whole sequences, read for testing: those of equal length together, so that one pass of a network takes many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gaitprep.evaluate.protocol import Rows
from gaitprep.store.ahead import read_ahead

if TYPE_CHECKING:
    from gaitprep.store.reader import StoreReader

LONGEST = 720
"""Frames that a recogniser sees at once; half a minute of video, at most a few hundred megabytes of feature maps."""


@dataclass(frozen=True)
class Bucket:
    """Sequences of as many frames, or pieces of long ones.

    Attributes:
        rows: [k] their rows in the table of sequences; a long sequence comes more than once.
        frames: [k, s] their frames, counted from the start of each.
        arrays: what was read of them: `[k, s, …]` by name.
    """

    rows: Rows
    frames: Rows
    arrays: dict[str, npt.NDArray[Any]]


def read_buckets(
    reader: StoreReader, names: tuple[str, ...], rows: Iterable[int], frames: Callable[[int], Rows]
) -> Iterator[Bucket]:
    """Reads sequences ahead, shortest first, up to `LONGEST` frames together; longer ones come in equal pieces.

    No frames are padded, so that a sequence gives what it gives alone (but for rounding).

    Args:
        reader: the store; names: arrays to read.
        rows: sequences; frames: gives the frames of one, at least one.

    Raises:
        StoreError: a sequence cannot be read.
    """

    def read(group: list[tuple[int, Rows]]) -> Bucket:
        wanted = np.stack([positions for _, positions in group])
        arrays = {}
        for name in names:
            spec = reader.spec(name)
            arrays[name] = np.empty((*wanted.shape, *spec.frame_shape), spec.dtype)
            for (row, positions), out in zip(group, arrays[name], strict=True):
                reader.take(name, row, positions, out=out)
        return Bucket(np.array([row for row, _ in group], np.int64), wanted, arrays)

    for bucket, _ in read_ahead(read, _groups(rows, frames)):
        yield bucket


def _groups(rows: Iterable[int], frames: Callable[[int], Rows]) -> Iterator[list[tuple[int, Rows]]]:
    lengths = sorted((len(piece), row, number) for row in rows for number, piece in enumerate(_pieces(frames(row))))
    for length, group in groupby(lengths, key=lambda item: item[0]):
        alike = list(group)
        size = max(1, LONGEST // length)
        for start in range(0, len(alike), size):
            yield [(row, _pieces(frames(row))[number]) for _, row, number in alike[start : start + size]]


def _pieces(frames: Rows) -> list[Rows]:
    return np.array_split(frames, -(-len(frames) // LONGEST))
