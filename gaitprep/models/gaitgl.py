"""GaitGL: global and local features in 3-D convolutions (paper reference 16), both published sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gaitprep.models.layers import (
    SILHOUETTE_SIZE,
    GeneralisedMeanRows,
    SeparateLinear,
    check_silhouettes,
    full_precision,
    leaky_relu_,
    max_pool_frames,
    xavier_convolutions,
)
from gaitprep.models.output import Output
from gaitprep.models.sizes import check_counts, check_divides
from gaitprep.models.winograd import convolve_mixed, interleave, mix_frames


@dataclass(frozen=True)
class GaitGLConfig:
    """Sizes of GaitGL as used for CASIA-B.

    Attributes:
        classes: subjects in the training set.
        channels: feature maps of conv3d and of the stages A0, A1, B2; the last is the embedding's size.
        strips: horizontal strips of the local convolutions; must divide 32.
        convolutions: convolutions per stage.
    """

    architecture: ClassVar[str] = "gaitgl"
    classes: int = 74
    channels: tuple[int, int, int, int] = (32, 64, 128, 128)
    strips: int = 8
    convolutions: int = 1

    def __post_init__(self) -> None:
        check_counts("channels", self.channels, 4)
        check_counts("classes, strips and convolutions", (self.classes, self.strips, self.convolutions))
        check_divides("strips", (self.strips,), SILHOUETTE_SIZE[0] // 2)


@dataclass(frozen=True)
class GaitGLLargeConfig(GaitGLConfig):
    """Sizes of GaitGL as used for OUMVLP and GREW."""

    architecture: ClassVar[str] = "gaitgl-large"
    classes: int = 5153
    channels: tuple[int, int, int, int] = (32, 64, 128, 256)
    strips: int = 2
    convolutions: int = 2


class FirstConvolution(nn.Conv3d):
    """3×3×3 convolution of a one-channel clip and LeakyReLU, computed in 2-D over three neighbouring frames.

    `[n, s, h, w]` → `[n, c, s, h, w]`. The weights are those of the 3-D convolution; the 2-D form takes less than half
    the time of a training step, as the gradient of the weights of a one-channel 3-D convolution has no fast kernel.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(1, channels, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        n, s = x.shape[:2]
        frames = F.pad(x, (0, 0, 0, 0, 1, 1)).unfold(1, 3, 1).flatten(0, 1).permute(0, 3, 1, 2)
        y = leaky_relu_(F.conv2d(frames, self.weight[:, 0], padding=1))
        return torch.unflatten(y, 0, (n, s)).transpose(1, 2)


def aggregate_first(first: FirstConvolution, aggregation: nn.Conv3d, x: Tensor) -> Tensor:
    """The first convolution and the temporal aggregation behind it, `[n, s, h, w]` → `[n, c', s // 3, h, w]`.

    What the aggregation joins, the first convolution's maps of three frames, are made side by side as channels, out of
    the five frames that they see. The aggregation is then a 1×1 convolution, which has fast kernels for its gradients.
    """
    n, size = x.shape[0], len(first.weight)
    groups = F.pad(x, (0, 0, 0, 0, 1, 1)).unfold(1, 5, 3).flatten(0, 1).permute(0, 3, 1, 2)
    three = torch.cat([F.pad(first.weight[:, 0], (0, 0, 0, 0, frame, 2 - frame)) for frame in range(3)])
    joined = aggregation.weight[..., 0, 0].transpose(1, 2).reshape(-1, 3 * size, 1, 1)
    y = leaky_relu_(F.conv2d(groups, three, padding=1))
    y = leaky_relu_(F.conv2d(y, joined))
    return torch.unflatten(y, 0, (n, -1)).transpose(1, 2)


class GlobalLocal(nn.Module):
    """A 3×3×3 convolution over the whole map beside one over each horizontal strip, padded on its own."""

    def __init__(self, channels_in: int, channels_out: int, strips: int) -> None:
        super().__init__()
        self.strips = strips
        self.whole = nn.Conv3d(channels_in, channels_out, 3, padding=1, bias=False)
        self.local = nn.Conv3d(channels_in, channels_out, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """`[n, c, s, h, w]` → `[n, c', s, h, w]`: LeakyReLU(global) + LeakyReLU(local)."""
        whole, local = self._halves(x)
        even, odd = (leaky_relu_(whole[i]) + leaky_relu_(local[i]) for i in (0, 1))
        return interleave(even, odd, x.shape[2])

    def _halves(self, x: Tensor) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Even and odd frames of the global map, then of the local one."""
        mixed = mix_frames(x)
        return convolve_mixed(mixed, self.whole.weight), convolve_mixed(mixed, self.local.weight, self.strips)


class GlobalLocalJoined(GlobalLocal):
    """The last of the global-local units: its two maps are stacked along the height and pooled over time."""

    def forward(self, x: Tensor) -> Tensor:
        """`[n, c, s, h, w]` → `[n, c', 2h, w]`: both maps above each other, max over time, LeakyReLU.

        The published order is LeakyReLU, then concatenation, then max over time; as LeakyReLU is increasing, this
        order gives the same numbers from a tenth of the memory.
        """
        maps = [interleave(*halves, x.shape[2]).permute(0, 2, 3, 4, 1).max(1).values for halves in self._halves(x)]
        return leaky_relu_(torch.cat(maps, 1)).permute(0, 3, 1, 2)


class GaitGL(nn.Module):
    """Silhouettes `[n, s, 64, 44]` float in [0, 1] → embedding `[n, c, 64]` and logits `[n, classes, 64]`."""

    def __init__(self, config: GaitGLConfig) -> None:
        super().__init__()
        self.config = config
        first, second, third, size = config.channels
        self.conv3d = nn.ModuleList([FirstConvolution(first)])
        for _ in range(config.convolutions - 1):
            self.conv3d.append(nn.Conv3d(first, first, 3, padding=1, bias=False))
        self.lta = nn.Conv3d(first, first, (3, 1, 1), stride=(3, 1, 1), bias=False)
        self.a0 = self._stage(first, second)
        self.a1 = self._stage(second, third)
        self.b2 = self._stage(third, size, last=GlobalLocalJoined)
        parts = SILHOUETTE_SIZE[0]
        self.pool = GeneralisedMeanRows()
        self.head = SeparateLinear(parts, size, size)
        self.norm = nn.BatchNorm1d(size)
        self.classifier = SeparateLinear(parts, size, config.classes)
        xavier_convolutions(self)

    def _stage(self, channels_in: int, channels_out: int, last: type[GlobalLocal] = GlobalLocal) -> nn.ModuleList:
        count = self.config.convolutions
        inputs = [channels_in] + [channels_out] * (count - 1)
        kinds = [GlobalLocal] * (count - 1) + [last]
        return nn.ModuleList(kind(c, channels_out, self.config.strips) for kind, c in zip(kinds, inputs, strict=True))

    def forward(self, silhouettes: Tensor) -> Output:
        return self.recognise(self.features(silhouettes))

    def features(self, silhouettes: Tensor) -> Tensor:
        """What the convolutions see of each clip, `[n, c, rows, columns]`; clips do not meet."""
        check_silhouettes(silhouettes)
        frames = silhouettes.shape[1]
        if frames < 3:  # the temporal stride is 3
            silhouettes = silhouettes.repeat(1, 3 if frames == 1 else 2, 1, 1)
        return self._convolutions(silhouettes)

    def _convolutions(self, x: Tensor) -> Tensor:
        first, *others = self.conv3d
        assert isinstance(first, FirstConvolution)
        if others:
            x = first(x)
            for convolution in (*others, self.lta):
                x = leaky_relu_(convolution(x))
        else:
            x = aggregate_first(first, self.lta, x)
        for unit in self.a0:
            x = unit(x)
        x = max_pool_frames(x)
        for unit in (*self.a1, *self.b2):
            x = unit(x)
        return x

    def recognise(self, features: Tensor) -> Output:
        """From the features of a batch to the result; batch normalisation sees all of it."""
        with full_precision(features):
            embedding = self.norm(self.head(self.pool(features)))
            return Output(embedding, self.classifier(embedding))
