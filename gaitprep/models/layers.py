"""Building blocks that several gait networks share.

Activations travel channels-last: oneDNN and tensor cores are fastest that way, and then a strip of image rows is one
contiguous piece of memory, so that cutting feature maps into strips costs one cheap copy.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SILHOUETTE_SIZE = (64, 44)
SLOPE = 0.01
"""Negative slope of every leaky ReLU."""


def leaky_relu_(x: Tensor) -> Tensor:
    """Leaky ReLU that overwrites its input: safe behind a convolution, whose gradient does not need its output."""
    return F.leaky_relu_(x, SLOPE)


def full_precision(x: Tensor) -> torch.autocast:
    """Context without autocast: pooling powers, batch statistics and classifiers lose too much in bfloat16."""
    return torch.autocast(x.device.type, enabled=False)


def check_silhouettes(x: Tensor) -> None:
    """Raise ValueError unless `x` is `[n, s, 64, 44]` floating point with at least one sequence and one frame."""
    if x.ndim != 4 or tuple(x.shape[2:]) != SILHOUETTE_SIZE or 0 in x.shape or not x.is_floating_point():
        raise ValueError(
            f"silhouettes must be float [n, s, {SILHOUETTE_SIZE[0]}, {SILHOUETTE_SIZE[1]}] in [0, 1] "
            f"with n, s >= 1; got {x.dtype} {list(x.shape)}"
        )


def narrow(x: Tensor) -> Tensor:
    """Silhouettes `[..., 64, w]` cut to the middle 44 columns, as the field does with those of 64."""
    excess = x.shape[-1] - SILHOUETTE_SIZE[1]
    return x[..., excess // 2 : x.shape[-1] - excess // 2] if excess > 0 else x


def max_pool_frames(x: Tensor) -> Tensor:
    """2×2 max-pooling of every frame of `[n, c, s, h, w]`; the 2-D kernel is the faster one for the same numbers."""
    n = x.shape[0]
    frames = F.max_pool2d(x.transpose(1, 2).flatten(0, 1), 2)
    return torch.unflatten(frames, 0, (n, -1)).transpose(1, 2)


class ConvolutionBlock(nn.Module):
    """Two convolutions with LeakyReLU on frames `[m, c, h, w]`, the first of size `kernel`, the second 3×3.

    With `strips` > 1 they are focal convolutions: every horizontal strip is padded and convolved on its own.
    """

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3, strips: int = 1) -> None:
        super().__init__()
        self.strips = strips
        self.first = nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2, bias=False)
        self.second = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[0]
        # Channels-last, both the cut into strips and its undoing are views.
        x = torch.unflatten(x.permute(0, 2, 3, 1), 1, (self.strips, -1)).flatten(0, 1).permute(0, 3, 1, 2)
        x = leaky_relu_(self.second(leaky_relu_(self.first(x))))
        return torch.unflatten(x.permute(0, 2, 3, 1), 0, (frames, -1)).flatten(1, 2).permute(0, 3, 1, 2)


class SeparateLinear(nn.Module):
    """One fully connected layer without bias per part: `[n, c_in, p]` → `[n, c_out, p]`."""

    def __init__(self, parts: int, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(parts, channels_in, channels_out))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        with full_precision(x):
            by_part = x.float().permute(2, 0, 1).contiguous()
            return torch.bmm(by_part, self.weight).permute(1, 2, 0).contiguous()


class GeneralisedMeanRows(nn.Module):
    """GeM pooling along each row with one learned power: `[n, c, h, w]` → `[n, c, h]`, float32."""

    def __init__(self, power: float = 6.5, smallest: float = 1e-6) -> None:
        super().__init__()
        self.power = nn.Parameter(torch.tensor([power]))
        self.smallest = smallest

    def forward(self, x: Tensor) -> Tensor:
        with full_precision(x):
            return x.float().clamp(min=self.smallest).pow(self.power).mean(-1).pow(1.0 / self.power)


def pyramid_pooling(x: Tensor, bins: Sequence[int]) -> Tensor:
    """Horizontal pyramid pooling, mean + max of each bin: `[n, c, h, w]` → `[n, c, sum(bins)]`, float32."""
    pooled = []
    for count in bins:
        strips = torch.unflatten(x.float(), 2, (count, -1)).flatten(3)
        pooled.append(strips.mean(-1) + strips.max(-1).values)
    return torch.cat(pooled, -1)


def xavier_convolutions(network: nn.Module) -> None:
    """Xavier-uniform weights for every convolution; these networks have no normalisation to repair the scale."""
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            for group in module.weight.data.chunk(module.groups):
                nn.init.xavier_uniform_(group)


def to_channels_last(network: nn.Module) -> None:
    """Store convolution weights channels-last, in place; activations follow their weights."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.to(memory_format=torch.channels_last)
        elif isinstance(module, nn.Conv3d):
            module.weight.data = module.weight.data.to(memory_format=torch.channels_last_3d)
