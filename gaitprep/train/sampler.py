"""What each step trains on. A draw is a function of (seed, step), so its whole state is these two numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import NamedTuple

import numpy as np

from gaitprep.errors import TrainingError
from gaitprep.train.sequences import Frames, Indices, TrainingSequences, pick


class Draw(NamedTuple):
    """Frames out of one sequence.

    Attributes:
        sequence: which of the training sequences.
        frames: the drawn frames, counted from the start of the sequence, in the order of use.
    """

    sequence: int
    frames: Frames


class Seeded:
    """Draws that are a function of (seed, step): steps may be drawn in any order and again, with the same outcome."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def state(self, step: int) -> dict[str, int]:
        """All that is needed to go on from `step`, as JSON values."""
        return {"seed": self._seed, "step": step}

    def resume(self, state: dict[str, int]) -> int:
        """Takes a state up and gives the step to go on with."""
        self._seed = int(state["seed"])
        return int(state["step"])

    def _generator(self, step: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, step])


class Sampler(Seeded, ABC):
    """Draws batches from sequences."""

    @abstractmethod
    def draw(self, step: int) -> list[Draw]:
        """What step `step` (from 0) trains on."""


class ClipSampler(Sampler):
    """P subjects × K sequences, a clip of each.

    Subjects never repeat in a batch; the sequences of a subject repeat only where it has fewer than K.

    Args:
        sequences: what may be drawn.
        subjects: P.
        per_subject: K.
        frames: frames of a clip.
        skip: the window that an ordered clip is drawn from is longer by this many frames.
        ordered: frames in order out of a random window, or any frames.
        seed: of the whole run.
        phase: whose settings an error names.

    Raises:
        TrainingError: there are fewer subjects than P, or fewer sequences than P×K.
    """

    def __init__(
        self,
        sequences: TrainingSequences,
        *,
        subjects: int,
        per_subject: int,
        frames: int,
        skip: int = 0,
        ordered: bool = True,
        seed: int = 0,
        phase: str = "recognition",
    ) -> None:
        super().__init__(seed)
        self._sequences = sequences
        self._subjects, self._per_subject = subjects, per_subject
        self._frames, self._skip, self._ordered = frames, skip, ordered
        count = len(sequences.subjects)
        if count < 2:
            raise TrainingError(
                f"recognition cannot be learnt from {count} training subject",
                cause="a triplet needs two people",
                next_step="pack more subjects into the store, or change `train` in its protocol",
            )
        if count < subjects:
            raise TrainingError(
                f"a batch takes {subjects} subjects, the store has {count} to train on",
                next_step=f"give --set {phase}.subjects={count} or fewer",
            )
        if len(sequences.rows) < subjects * per_subject:
            fitting = max(1, len(sequences.rows) // subjects)
            raise TrainingError(
                f"a batch takes {subjects} × {per_subject} sequences, the store has {len(sequences.rows)} to train on",
                next_step=f"give --set {phase}.sequences={fitting}, or fewer subjects",
            )
        self._by_subject = [np.flatnonzero(sequences.labels == label) for label in range(count)]

    def draw(self, step: int) -> list[Draw]:
        """P·K clips, those of one subject in a row."""
        generator = self._generator(step)
        wanted, clips = self._per_subject, self._subjects * self._per_subject
        # One call for all numbers and the rest in Python: a call of numpy for each clip costs more than its numbers.
        numbers = iter(generator.random(self._subjects + 2 * clips).tolist())
        rows: list[int] = []
        for label in _distinct(numbers, len(self._by_subject), self._subjects):
            own = self._by_subject[label]
            enough = len(own) >= wanted
            places = _distinct(numbers, len(own), wanted) if enough else _repeated(numbers, len(own), wanted)
            rows += [int(own[place]) for place in places]
        usable = self._sequences.frames
        if not self._ordered:
            return [Draw(row, self._unordered(generator, usable[row])) for row in rows]
        skips = self._skips(generator, clips)
        return [
            Draw(row, self._window(usable[row], next(numbers), skip)) for row, skip in zip(rows, skips, strict=True)
        ]

    def _skips(self, generator: np.random.Generator, clips: int) -> Iterable[Indices | None]:
        """For each clip its places in the window, ascending; None where it takes the whole window."""
        if not self._skip:
            return repeat(None, clips)
        windows = np.tile(np.arange(self._frames + self._skip), (clips, 1))
        return np.sort(generator.permuted(windows, axis=1)[:, : self._frames], axis=1)

    def _window(self, usable: Frames, number: float, places: Indices | None) -> Frames:
        """Frames out of a random window; a short sequence starts over."""
        window, length = self._frames + self._skip, len(usable)
        whole = length * -(-window // length)
        start = int(number * (whole - window + 1))
        if places is None and start + window <= length:
            return usable[start : start + window]
        return pick(usable, (start + (np.arange(window) if places is None else places)) % length)

    def _unordered(self, generator: np.random.Generator, usable: Frames) -> Indices:
        return pick(usable, generator.choice(len(usable), self._frames, replace=len(usable) < self._frames))


def _distinct(numbers: Iterator[float], count: int, wanted: int) -> list[int]:
    """The first `wanted` places of a shuffled 0 … `count` − 1; of the shuffle only what has moved is kept."""
    moved: dict[int, int] = {}
    places = []
    for place in range(wanted):
        other = place + int(next(numbers) * (count - place))
        places.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return places


def _repeated(numbers: Iterator[float], count: int, wanted: int) -> list[int]:
    """`wanted` times any of 0 … `count` − 1."""
    return [int(next(numbers) * count) for _ in range(wanted)]


class ImageSampler(Sampler):
    """Single images, each usable frame as likely as any other, none twice in a batch where there are enough.

    Args:
        sequences: what may be drawn.
        images: images of a batch.
        seed: of the whole run.
    """

    def __init__(self, sequences: TrainingSequences, *, images: int, seed: int = 0) -> None:
        super().__init__(seed)
        self._sequences = sequences
        self._images = images
        self._ends = np.cumsum(sequences.lengths)

    def draw(self, step: int) -> list[Draw]:
        """The drawn frames, those of one sequence together."""
        total = int(self._ends[-1])
        flat = np.sort(self._generator(step).choice(total, self._images, replace=total < self._images))
        owners = np.searchsorted(self._ends, flat, side="right")
        draws: list[Draw] = []
        for index in np.unique(owners):
            usable = self._sequences.frames[index]
            start = self._ends[index] - len(usable)
            draws.append(Draw(int(index), pick(usable, flat[owners == index] - start)))
        return draws
