"""How well masks agree with the reference, beside the best that one mask for all frames could do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gaitprep.evaluate.protocol import Rows
from gaitprep.store.reader import StoreReader

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """IoU in percent.

    Attributes:
        frames: how many there are.
        mean, median: over frames.
        baseline: mean IoU of the pixels that are body in at least half of these very frames: what a network would
            get that does not look at the image.
    """

    frames: int
    mean: float
    median: float
    baseline: float


def has_masks(reader: StoreReader, row: int) -> bool:
    """Whether the store has reference masks: those of sequence `row` show somebody."""
    return any(key.startswith("mask/") for key in reader.inventory) and bool(reader.sequence("mask", row).any())


class MaskScore:
    """Gathers the IoU of predicted masks, sequence by sequence.

    Args:
        reader: the store with the reference masks.
    """

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader
        self._found: list[Array] = []
        self._sum = np.zeros((128, 128), np.int64)
        self._seen: list[tuple[int, Rows]] = []

    def add(self, row: int, frames: Rows, logits: Tensor) -> None:
        """Compares logits `[frames, 128, 128]` with the reference masks of these frames."""
        reference = self._reference(row, frames)
        self._found.append(iou(logits > 0, torch.from_numpy(reference).to(logits.device)).cpu().numpy())
        self._sum += reference.sum(0)
        self._seen.append((row, frames))

    def agreement(self) -> Agreement:
        """What was found; reads the reference masks once more for the baseline."""
        found = np.concatenate(self._found)
        usual = torch.from_numpy(2 * self._sum >= len(found))
        baseline = [
            iou(usual.expand(len(frames), -1, -1), torch.from_numpy(self._reference(row, frames)))
            for row, frames in self._seen
        ]
        return Agreement(
            frames=len(found),
            mean=100 * float(found.mean()),
            median=100 * float(np.median(found)),
            baseline=100 * float(torch.cat(baseline).mean()),
        )

    def _reference(self, row: int, frames: Rows) -> npt.NDArray[np.bool_]:
        return np.asarray(self._reader.take("mask", row, frames) > 127)


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of bool masks `[n, h, w]`, `[n]` float64 in [0, 1]; 1 where both are empty."""
    both = (first & second).sum((1, 2)).double()
    either = (first | second).sum((1, 2)).double()
    return torch.where(either > 0, both / either.clamp(min=1), 1.0)
