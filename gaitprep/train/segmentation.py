"""The segmentation phase: the U-Net on single images [§5.1, Pedestrian Segmentation]."""

from __future__ import annotations

from gaitprep.models.losses import Loss, segmentation_loss
from gaitprep.train.augment import vary_colours
from gaitprep.train.batches import Batch
from gaitprep.train.config import SegmentationConfig
from gaitprep.train.phase import Phase

ARRAYS = ("rgb", "mask")


class Segmentation(Phase[SegmentationConfig]):
    """Trains the whole U-Net with binary cross-entropy against the reference masks."""

    def losses(self, batch: Batch) -> Loss:
        """Images `[n, 128, 128, 3]` against masks `[n, 128, 128]`."""
        images = vary_colours(self.tensor(batch, "rgb").permute(0, 3, 1, 2), self.config.colours)
        with self.compute.autocast():
            logits = self.model(images)
        return segmentation_loss(logits[:, 0], self.tensor(batch, "mask"))

    def backward(self, batch: Batch, share: float = 1.0) -> dict[str, float]:
        """Adds the gradients of a batch, `chunk` images at a time; they sum to those of the mean over the batch."""
        total: dict[str, float] = {}
        size = self.config.chunk or len(batch.labels)
        for start in range(0, len(batch.labels), size):
            part = batch.part(slice(start, start + size))
            weight = share * len(part.labels) / len(batch.labels)
            for name, value in super().backward(part, weight).items():
                total[name] = total.get(name, 0.0) + weight * value
        return total
