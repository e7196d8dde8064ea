"""From what the sampler draws to arrays, read ahead in the order of the steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gaitprep.store.ahead import read_ahead
from gaitprep.train.memory import BatchMemory
from gaitprep.train.ranks import ALONE, Ranks
from gaitprep.train.sampler import Draw, Sampler, Seeded
from gaitprep.train.sequences import Indices, TrainingSequences

if TYPE_CHECKING:
    from gaitprep.store.reader import StoreReader

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Batch:
    """What one step trains on in one process.

    Attributes:
        step: which step, from 0.
        arrays: by name of the store's array: clips `[n, s, …]`, or images `[n, …]`.
        labels: [n] class of each item.
    """

    step: int
    arrays: dict[str, Array]
    labels: Indices

    def part(self, items: slice) -> Batch:
        """Some of the items."""
        return Batch(self.step, {name: array[items] for name, array in self.arrays.items()}, self.labels[items])


class BatchSource(ABC):
    """Gives the batches of consecutive steps.

    Attributes:
        sampler: what is drawn, and how far.
        ahead: batches that are read while others are trained on.
    """

    sampler: Seeded
    ahead: int

    @abstractmethod
    def read(self, step: int) -> Batch:
        """The batch of one step."""

    def stream(self, first: int, end: int, threads: int = 1) -> Generator[tuple[Batch, float], None, None]:
        """The batches of steps `first` to `end` − 1, each with the seconds that were waited for it."""
        return read_ahead(self.read, range(first, end), threads=threads, most=self.ahead)


class Batches(BatchSource):
    """Reads the batches of consecutive steps.

    Args:
        reader: the store.
        sequences: what the sampler draws from.
        sampler: what to draw.
        names: arrays to read.
        clips: stack the draws to clips, or string them together to images.
        ahead: batches that are read while others are trained on.
        ranks: the processes that share each batch; this one reads its own share.
        device: that trains; for `cuda` into page-locked memory, from which a GPU fetches without waiting.
    """

    def __init__(
        self,
        reader: StoreReader,
        sequences: TrainingSequences,
        sampler: Sampler,
        names: tuple[str, ...],
        *,
        clips: bool,
        ahead: int = 2,
        ranks: Ranks = ALONE,
        device: str = "cpu",
    ) -> None:
        self.sampler: Sampler = sampler
        self._reader, self._sequences, self._names = reader, sequences, names
        self._clips, self.ahead, self._ranks, self._memory = clips, ahead, ranks, BatchMemory(device)

    def read(self, step: int) -> Batch:
        """The batch of one step, or this process's share of it."""
        draws = self._share(self.sampler.draw(step))
        arrays = {name: self._take(name, draws) for name in self._names}
        labels = self._sequences.labels[[draw.sequence for draw in draws]]
        if not self._clips:
            labels = np.repeat(labels, [len(draw.frames) for draw in draws])
        return Batch(step, arrays, labels)

    def _take(self, name: str, draws: list[Draw]) -> Array:
        """The frames of all draws, read into one array."""
        spec, rows = self._reader.spec(name), self._sequences.rows
        frames = self._memory.empty((sum(len(draw.frames) for draw in draws), *spec.frame_shape), spec.dtype)
        begin = 0
        for draw in draws:
            end = begin + len(draw.frames)
            self._reader.take(name, int(rows[draw.sequence]), draw.frames, frames[begin:end])
            begin = end
        return frames.reshape(len(draws), -1, *spec.frame_shape) if self._clips else frames

    def _share(self, draws: list[Draw]) -> list[Draw]:
        if self._ranks.size == 1:
            return draws
        if self._clips:
            return draws[self._ranks.share(len(draws))]
        own = self._ranks.share(sum(len(draw.frames) for draw in draws))
        shared, first = [], 0
        for draw in draws:
            frames = draw.frames[max(0, own.start - first) : max(0, own.stop - first)]
            if len(frames):
                shared.append(Draw(draw.sequence, frames))
            first += len(draw.frames)
        return shared
