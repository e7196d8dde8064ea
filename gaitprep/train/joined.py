"""Batch normalisation over the images of all processes that train together."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class JoinedBatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` whose statistics are those of the images of all processes, as if one process had them all.

    torch's own `SyncBatchNorm` needs GPUs.

    Args:
        norm: the layer that it takes the place of; parameters and buffers stay those of `norm`.
    """

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__(norm.num_features, norm.eps, norm.momentum)
        self.weight, self.bias = norm.weight, norm.bias
        self.running_mean, self.running_var = norm.running_mean, norm.running_var
        self.num_batches_tracked = norm.num_batches_tracked
        self.train(norm.training)

    def forward(self, x: Tensor) -> Tensor:
        """`[m, c, h, w]`, where m may differ between processes."""
        if not self.training:
            return super().forward(x)
        values = x.float()
        axes = (0, 2, 3)
        count = _sum_of_all(values.new_tensor([values.numel() // self.num_features]))
        mean = _sum_of_all(values.sum(axes)) / count
        centred = values - mean[:, None, None]
        variance = _sum_of_all(centred.square().sum(axes)) / count
        if self.track_running_stats:
            self._note(mean.detach(), variance.detach() * count / (count - 1))
        scale = (variance + self.eps).rsqrt() * self.weight
        return torch.addcmul(self.bias[:, None, None], centred, scale[:, None, None]).to(x.dtype)

    def _note(self, mean: Tensor, variance: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked.add_(1)


def join_norms(network: nn.Module) -> None:
    """Puts a `JoinedBatchNorm` in the place of every `nn.BatchNorm2d`, in place; the state dict stays as it is."""
    for name, child in list(network.named_children()):
        if type(child) is nn.BatchNorm2d:
            setattr(network, name, JoinedBatchNorm(child))
        else:
            join_norms(child)


class _Sum(torch.autograd.Function):
    """The sum over all processes. Every process's loss depends on it, so the gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:
        total = own.contiguous().clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous().clone()
        dist.all_reduce(total)
        return total


def _sum_of_all(own: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(own)
    return total
