"""What each step trains on. A draw is a function of (seed, step), so its whole state is these two numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from gaitprep.errors import TrainingError
from gaitprep.train.sequences import Indices, TrainingSequences


@dataclass(frozen=True)
class Draw:
    """Frames out of one sequence.

    Attributes:
        index: which of the training sequences.
        frames: the drawn frames, counted from the start of the sequence, in the order of use.
    """

    index: int
    frames: Indices


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
        clips: list[Draw] = []
        for label in generator.choice(len(self._by_subject), self._subjects, replace=False):
            own = self._by_subject[label]
            for index in generator.choice(own, self._per_subject, replace=len(own) < self._per_subject):
                usable = self._sequences.frames[index]
                take = self._ordered_positions if self._ordered else self._any_positions
                clips.append(Draw(int(index), usable[take(generator, len(usable))]))
        return clips

    def _ordered_positions(self, generator: np.random.Generator, length: int) -> Indices:
        window = self._frames + self._skip
        whole = length * -(-window // length) if length < window else length
        start = int(generator.integers(whole - window + 1))
        chosen = generator.choice(window, self._frames, replace=False)
        chosen.sort()
        return np.asarray((start + chosen) % length, dtype=np.int64)

    def _any_positions(self, generator: np.random.Generator, length: int) -> Indices:
        return generator.choice(length, self._frames, replace=length < self._frames).astype(np.int64)


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
            start = self._ends[index] - len(self._sequences.frames[index])
            draws.append(Draw(int(index), self._sequences.frames[index][flat[owners == index] - start]))
        return draws
