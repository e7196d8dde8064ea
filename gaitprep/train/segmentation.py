"""The segmentation phase: the U-Net on single images [§5.1, Pedestrian Segmentation]."""

from __future__ import annotations

import torch

from gaitprep.models.losses import segmentation
from gaitprep.train.augment import vary_colours
from gaitprep.train.batches import Batch
from gaitprep.train.config import SegmentationConfig
from gaitprep.train.guard import check_losses
from gaitprep.train.phase import Phase

ARRAYS = ("rgb", "mask")


class Segmentation(Phase[SegmentationConfig]):
    """Trains the whole U-Net with binary cross-entropy against the reference masks."""

    def backward(self, batch: Batch) -> dict[str, float]:
        """Images `[n, 128, 128, 3]` against masks, `chunk` at a time; gradients sum to those of the batch's mean."""
        whole, size = self.config.images, self.config.chunk or len(batch.labels)
        light = None
        if self.config.colours:  # drawn for the whole batch, so that it is the same however many processes share it
            light = torch.rand(2, whole, 3, 1, 1)[:, self.ranks.share(whole)]
        total = 0.0
        for start in range(0, len(batch.labels), size):
            piece = slice(start, start + size)
            part = batch.part(piece)
            images = self.tensor(part, "rgb").permute(0, 3, 1, 2)
            if light is not None:
                images = vary_colours(images, light[:, piece], self.config.colours)
            with self.compute.autocast():
                logits = self.model(images)
            loss = segmentation(logits[:, 0], self.tensor(part, "mask")) * (len(part.labels) / whole)
            total += loss.item()
            check_losses(self.name, self.config.rate, self.model, batch, {"segmentation": total})
            loss.backward()  # type: ignore[no-untyped-call]
        value = self.ranks.sum({"segmentation": total})["segmentation"]
        return {"loss": value, "segmentation": value}
