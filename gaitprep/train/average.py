"""Averaged weights: a network beside the one that is trained, which follows it slowly."""

from __future__ import annotations

import copy

import torch
from torch import nn

from gaitprep.models.registry import Network


class Averaged(nn.Module):
    """A network and its average; in one module, so that a run's state holds both.

    Args:
        network: the one that is trained.
        slowness: the average's share of itself at each step, once it has settled.
    """

    def __init__(self, network: Network, slowness: float) -> None:
        super().__init__()
        self.network = network
        self.average = copy.deepcopy(network).requires_grad_(False)
        self._slowness = slowness

    def follow(self, done: int) -> None:
        """Moves the average towards the network after `done` steps; faster at the beginning."""
        share = 1 - min(self._slowness, done / (done + 9))
        with torch.no_grad():
            theirs = self.network.state_dict()
            for name, mine in self.average.state_dict().items():
                if mine.is_floating_point():
                    mine.lerp_(theirs[name], share)
                else:
                    mine.copy_(theirs[name])

    def train(self, mode: bool = True) -> Averaged:
        """The average is never trained itself."""
        super().train(mode)
        self.average.eval()
        return self
