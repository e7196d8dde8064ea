"""What recognition and joint training share: a batch of clips that meet only in the head and in the losses.

The triplets and the batch normalisation of the head need the features of all clips at once; the layers before them,
which take the time and the memory, do not. So features are computed piece by piece, here and in other processes, and
put together; the loss is taken of the whole, and its gradient with respect to the features goes back into each piece
(gradient caching, L. Gao et al. 2021). Where a process has more than one piece, features are computed twice: first to
know the loss, then with what backpropagation needs. Memory is then that of one piece, and the step that of the batch.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gaitprep.models.losses import Loss, recognition_loss
from gaitprep.train.batches import Batch
from gaitprep.train.config import ClipConfig
from gaitprep.train.guard import check_losses
from gaitprep.train.phase import Phase

ConfigT = TypeVar("ConfigT", bound=ClipConfig)


class ClipPhase(Phase[ConfigT]):
    """A phase on P×K clips."""

    @abstractmethod
    def features(self, part: Batch) -> tuple[Tensor, Tensor | None]:
        """Features of some clips, and the segmentation loss, which each clip has by itself (mean over the clips)."""

    @property
    def recogniser(self) -> Any:
        """The network whose `recognise` turns the features of all clips into the result."""
        return self.model

    @property
    def segmentation_weight(self) -> float:
        """λ."""
        return 0.0

    def backward(self, batch: Batch) -> dict[str, float]:
        """See `Phase.backward`."""
        size = self.config.chunk or len(batch.labels)
        parts = [batch.part(slice(start, start + size)) for start in range(0, len(batch.labels), size)]
        weights = [len(part.labels) / (self.config.subjects * self.config.sequences) for part in parts]
        if len(parts) == 1:
            pieces = [self.features(batch)]
        else:
            with torch.no_grad(), _statistics_kept(self.model):
                pieces = [self.features(part) for part in parts]
        everyone = self.ranks.gather(torch.cat([features for features, _ in pieces])).requires_grad_()
        labels = self.ranks.gather(self.labels(batch))
        loss = recognition_loss(self.recogniser.recognise(everyone), labels, self.config.margin)
        segmentation = [
            weight * term.item() for (_, term), weight in zip(pieces, weights, strict=True) if term is not None
        ]
        values = self._values(loss, segmentation)
        check_losses(self.name, self.config.rate, self.model, batch, values)
        (loss.total / self.ranks.size).backward()  # type: ignore[no-untyped-call]
        gradients = torch.split(self._own(everyone, len(batch.labels)), size)
        for part, weight, gradient in zip(parts, weights, gradients, strict=True):
            features, term = pieces[0] if len(parts) == 1 else self.features(part)
            if term is None:
                torch.autograd.backward([features], [gradient])
            else:
                torch.autograd.backward([features, self.segmentation_weight * weight * term], [gradient, None])
        return values

    def _values(self, loss: Loss, segmentation: list[float]) -> dict[str, float]:
        """The loss and its terms; segmentation: the weighted losses of this process's pieces."""
        terms = {name: float(term) for name, term in loss.terms.items()}
        total = float(loss.total.detach())
        if not segmentation:
            return {"loss": total, **terms}
        term = self.ranks.sum({"segmentation": sum(segmentation)})["segmentation"]
        return {"loss": total + self.segmentation_weight * term, **terms, "segmentation": term}

    def _own(self, everyone: Tensor, count: int) -> Tensor:
        """The gradient of this process's features; the loss was divided among the processes."""
        assert everyone.grad is not None
        if self.ranks.size == 1:
            return everyone.grad
        own = everyone.grad[self.ranks.share(len(everyone))]
        assert len(own) == count
        return own * self.ranks.size


@contextmanager
def _statistics_kept(model: nn.Module) -> Iterator[None]:
    """Batch normalisation without a trace in the running statistics: the same numbers come a second time."""
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm) and module.training]
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm in norms:
            norm.track_running_stats = True
