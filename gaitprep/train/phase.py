"""What a training phase must say for the one loop to run it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from gaitprep.models.compute import Compute
from gaitprep.train.batches import Batch, BatchSource
from gaitprep.train.config import PhaseConfig, PhaseName
from gaitprep.train.ranks import ALONE, Ranks

ConfigT = TypeVar("ConfigT", bound=PhaseConfig)


@dataclass(frozen=True)
class Phase(ABC, Generic[ConfigT]):
    """A network, what it is fed with, and what it is asked for.

    Attributes:
        name: of the phase.
        config: its settings.
        model: the network that is trained and published, on its device.
        batches: what it trains on.
        compute: where and how precisely.
        ranks: the processes that train together.
    """

    name: PhaseName
    config: ConfigT
    model: nn.Module
    batches: BatchSource
    compute: Compute
    ranks: Ranks = field(default=ALONE, kw_only=True)

    @abstractmethod
    def backward(self, batch: Batch) -> dict[str, float]:
        """Adds the gradients of a batch to the parameters: of this process's share of it.

        Returns:
            `loss` and its terms, of the whole batch.

        Raises:
            TrainingError: the loss is not finite; parameters and statistics may be used no more.
        """

    def parameter_groups(self) -> list[dict[str, Any]]:
        """What the optimiser trains: groups with `params` and `lr`."""
        return [{"params": trainable(self.model), "lr": self.config.rate}]

    def optimiser(self) -> torch.optim.Optimizer:
        """The optimiser that the settings ask for."""
        groups, config = self.parameter_groups(), self.config
        if config.optimiser == "sgd":
            return torch.optim.SGD(
                groups,
                lr=config.rate,
                momentum=config.momentum,
                weight_decay=config.weight_decay,
                nesterov=config.nesterov,
            )
        adam = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
        return adam(groups, lr=config.rate, weight_decay=config.weight_decay)

    def stepped(self, done: int) -> dict[str, float]:
        """Called after each step of the optimiser, `done` of which are made; what it returns goes into the log."""
        return {}

    def tensor(self, batch: Batch, name: str) -> Tensor:
        """An array of the batch on the device."""
        return torch.from_numpy(batch.arrays[name]).to(self.compute.device, non_blocking=True)

    def labels(self, batch: Batch) -> Tensor:
        """The classes of the batch on the device."""
        return torch.from_numpy(batch.labels).to(self.compute.device, non_blocking=True)


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that take gradients."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]
