"""GaitPart: focal convolutions and micro-motion per body part (paper reference 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gaitprep.errors import UsageError
from gaitprep.models.layers import (
    SILHOUETTE_SIZE,
    SLOPE,
    ConvolutionBlock,
    SeparateLinear,
    check_silhouettes,
    full_precision,
    pyramid_pooling,
    xavier_convolutions,
)
from gaitprep.models.output import Output
from gaitprep.models.sizes import check_counts, check_divides


@dataclass(frozen=True)
class GaitPartConfig:
    """Sizes of GaitPart.

    Attributes:
        channels: feature maps of the three blocks.
        strips: horizontal strips of the focal convolutions in blocks 2 and 3; must divide 32 and 16.
        parts: horizontal parts, each with its own temporal network; must divide 16.
        squeeze: reduction of the channels inside the temporal attention.
        embedding: numbers per part.
    """

    architecture: ClassVar[str] = "gaitpart"
    channels: tuple[int, int, int] = (32, 64, 128)
    strips: tuple[int, int] = (4, 8)
    parts: int = 16
    squeeze: int = 4
    embedding: int = 128

    def __post_init__(self) -> None:
        check_counts("channels", self.channels, 3)
        check_counts("strips", self.strips, 2)
        check_counts("parts, squeeze and embedding", (self.parts, self.squeeze, self.embedding))
        check_divides("strips of block 2", self.strips[:1], SILHOUETTE_SIZE[0] // 2)
        check_divides("parts and strips of block 3", (self.parts, self.strips[1]), SILHOUETTE_SIZE[0] // 4)
        if self.channels[2] % self.squeeze:
            raise UsageError(f"squeeze must divide the last of channels, {self.channels[2]}; got {self.squeeze}")


class MicroMotion(nn.Module):
    """One branch of the temporal aggregation: attention over short windows, each part with its own weights.

    Args:
        parts: number of parts.
        channels: channels per part.
        squeeze: reduction inside the attention.
        kernel: size of the second convolution over time.
        window: frames of the average and the maximum that the attention weighs.
    """

    def __init__(self, parts: int, channels: int, squeeze: int, kernel: int, window: int) -> None:
        super().__init__()
        wide, narrow = parts * channels, parts * channels // squeeze
        self.first = nn.Conv1d(wide, narrow, 3, padding=1, groups=parts, bias=False)
        self.second = nn.Conv1d(narrow, wide, kernel, padding=kernel // 2, groups=parts, bias=False)
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        """`[n, p*c, s]` → `[n, p*c, s]`."""
        attention: Tensor = self.second(F.leaky_relu(self.first(x), SLOPE)).sigmoid()
        half = self.window // 2
        weighed: Tensor = F.avg_pool1d(x, self.window, 1, half) + F.max_pool1d(x, self.window, 1, half)
        return attention * weighed


class GaitPart(nn.Module):
    """Silhouettes `[n, s, 64, 44]` float in [0, 1], in order → embedding `[n, 128, 16]`; no classifier."""

    def __init__(self, config: GaitPartConfig) -> None:
        super().__init__()
        self.config = config
        first, second, third = config.channels
        self.block1 = ConvolutionBlock(1, first, kernel=5)
        self.block2 = ConvolutionBlock(first, second, strips=config.strips[0])
        self.block3 = ConvolutionBlock(second, third, strips=config.strips[1])
        self.motion3 = MicroMotion(config.parts, third, config.squeeze, kernel=1, window=3)
        self.motion5 = MicroMotion(config.parts, third, config.squeeze, kernel=3, window=5)
        self.head = SeparateLinear(config.parts, third, config.embedding)
        xavier_convolutions(self)

    def forward(self, silhouettes: Tensor) -> Output:
        return self.recognise(self.features(silhouettes))

    def features(self, silhouettes: Tensor) -> Tensor:
        """Pooled strips of each clip, `[n, c, 16]`; clips do not meet."""
        check_silhouettes(silhouettes)
        n, s = silhouettes.shape[:2]
        x = F.max_pool2d(self.block1(silhouettes.flatten(0, 1).unsqueeze(1)), 2)
        x = self.block3(F.max_pool2d(self.block2(x), 2))
        with full_precision(x):
            parts = pyramid_pooling(x, (self.config.parts,))
            clips = torch.unflatten(parts, 0, (n, s)).permute(0, 3, 2, 1).flatten(1, 2)
            motion = (self.motion3(clips) + self.motion5(clips)).max(-1).values
            return torch.unflatten(motion, 1, (self.config.parts, -1)).transpose(1, 2)

    def recognise(self, features: Tensor) -> Output:
        """From the features of a batch to the result."""
        return Output(self.head(features))
