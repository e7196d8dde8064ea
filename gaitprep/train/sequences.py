"""Which sequences train: those of the protocol's training subjects, with the frames that can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gaitprep.errors import TrainingError
from gaitprep.manifest.protocol import natural

if TYPE_CHECKING:
    from gaitprep.store.reader import StoreReader

Indices = npt.NDArray[np.int64]

Frames = Indices | range
"""Frames of a sequence; as a range, those without a gap are read and kept cheaper."""


@dataclass(frozen=True)
class TrainingSequences:
    """The sequences that a sampler may draw from.

    Attributes:
        subjects: names of the classes, in natural order; the position is the label.
        rows: [m] rows of the store's table of sequences.
        labels: [m] class of each sequence.
        frames: for each sequence its usable frames, counted from the start of the sequence, ascending.
        unusable: how many sequences of training subjects have no usable frame.
    """

    subjects: list[str]
    rows: Indices
    labels: Indices
    frames: list[Frames]
    unusable: int = 0

    @property
    def lengths(self) -> Indices:
        """[m] usable frames of each sequence."""
        return np.array([len(frames) for frames in self.frames], dtype=np.int64)


def training_sequences(reader: StoreReader) -> TrainingSequences:
    """The training half of a store by its protocol; without a protocol every subject trains.

    Raises:
        TrainingError: the protocol leaves no training subject, or none of theirs has a usable frame.
    """
    table = reader.sequences
    names = [str(subject) for subject in table.subject]
    training = set(reader.protocol.split(names).train) if reader.protocol is not None else set(names)
    wanted = [row for row, name in enumerate(names) if name in training]
    if not wanted:
        raise TrainingError(
            f"store {reader.name} has no training subject",
            cause=f"its protocol {reader.protocol.name if reader.protocol else '-'} puts all of its "
            f"{len(set(names))} subjects into the test half",
            next_step="pack it with a protocol whose `train` names some of its subjects",
        )
    valid = reader.read("valid", 0, reader.frames)
    usable: list[tuple[int, Frames]] = []
    for row in wanted:
        start, length = int(table.start[row]), int(table.length[row])
        good = valid[start : start + length]
        frames = range(length) if good.all() else np.flatnonzero(good)
        if len(frames):
            usable.append((row, frames))
    if not usable:
        raise TrainingError(
            f"no training sequence of store {reader.name} has a valid frame",
            next_step="look at the reasons with: gaitprep status --work WORK",
        )
    subjects = sorted({names[row] for row, _ in usable}, key=natural)
    label = {name: position for position, name in enumerate(subjects)}
    return TrainingSequences(
        subjects=subjects,
        rows=np.array([row for row, _ in usable], dtype=np.int64),
        labels=np.array([label[names[row]] for row, _ in usable], dtype=np.int64),
        frames=[frames for _, frames in usable],
        unusable=len(wanted) - len(usable),
    )


def pick(frames: Frames, places: Indices) -> Indices:
    """The frames at these places."""
    return np.add(places, frames.start, dtype=np.int64) if isinstance(frames, range) else frames[places]
