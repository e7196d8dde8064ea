"""The segmenter phase: a network for masks of real people, on rendered crops with soft masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gaitprep.models.losses import overlap_loss
from gaitprep.train.average import Averaged
from gaitprep.train.batches import Batch
from gaitprep.train.config import SegmenterConfig
from gaitprep.train.crops import Pool
from gaitprep.train.guard import check_losses
from gaitprep.train.phase import Phase

_AT_ONCE = 48


@dataclass(frozen=True)
class SegmenterPhase(Phase[SegmenterConfig]):
    """Binary cross-entropy and overlap against soft masks; weights are averaged over the steps.

    Attributes:
        held_out: crops that the averaged network is judged by.
    """

    held_out: Pool

    def backward(self, batch: Batch) -> dict[str, float]:
        """Crops `[n, 128, 128, 3]` against masks `[n, 128, 128]`, 0 to 255."""
        assert isinstance(self.model, Averaged)
        with self.compute.autocast():
            logits: Tensor = self.model.network(self.tensor(batch, "rgb").permute(0, 3, 1, 2))
        mask = self.tensor(batch, "mask").float() / 255
        loss = F.binary_cross_entropy_with_logits(logits[:, 0], mask)
        values = {}
        if self.config.overlap:
            apart = overlap_loss(logits[:, 0], mask)
            values = {"cross_entropy": float(loss.detach()), "overlap": float(apart.detach())}
            loss = loss + self.config.overlap * apart
        values = {"loss": float(loss.detach()), **values}
        check_losses(self.name, self.config.rate, self.model, batch, values)
        loss.backward()  # type: ignore[no-untyped-call]
        return values

    def stepped(self, done: int) -> dict[str, float]:
        """Averages the weights; now and then judges them."""
        assert isinstance(self.model, Averaged)
        self.model.follow(done)
        if done % self.config.validate_every and done != self.config.steps:
            return {}
        found = self.agreement()
        return {"median_iou": float(np.median(found)), "worst_tenth_iou": float(np.quantile(found, 0.1))}

    def agreement(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """IoU of the averaged network's masks with the true ones, `[held_out]`."""
        assert isinstance(self.model, Averaged)
        found: list[float] = []
        with torch.inference_mode(), self.compute.autocast():
            for first in range(0, self.held_out.count, _AT_ONCE):
                rgb, mask = self.held_out.take(np.arange(first, min(first + _AT_ONCE, self.held_out.count)))
                images = torch.from_numpy(np.ascontiguousarray(rgb)).to(self.compute.device).permute(0, 3, 1, 2)
                body = (self.model.average(images)[:, 0] > 0).cpu().numpy()
                truth = mask > 127
                both, either = (body & truth).sum(axis=(1, 2)), (body | truth).sum(axis=(1, 2))
                found += (both / np.maximum(either, 1)).tolist()
        return np.array(found)
