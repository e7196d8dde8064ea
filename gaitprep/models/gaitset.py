"""GaitSet: a walk as a set of silhouettes (paper reference 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gaitprep.models.layers import (
    SILHOUETTE_SIZE,
    ConvolutionBlock,
    SeparateLinear,
    check_silhouettes,
    pyramid_pooling,
    xavier_convolutions,
)
from gaitprep.models.output import Output
from gaitprep.models.sizes import check_counts, check_divides


@dataclass(frozen=True)
class GaitSetConfig:
    """Sizes of GaitSet.

    Attributes:
        channels: feature maps of the three blocks.
        bins: strips of the horizontal pyramid; each must divide 16.
        embedding: numbers per part.
    """

    architecture: ClassVar[str] = "gaitset"
    channels: tuple[int, int, int] = (32, 64, 128)
    bins: tuple[int, ...] = (16, 8, 4, 2, 1)
    embedding: int = 256

    def __post_init__(self) -> None:
        check_counts("channels", self.channels, 3)
        check_counts("bins", self.bins)
        check_counts("embedding", (self.embedding,))
        check_divides("bins", self.bins, SILHOUETTE_SIZE[0] // 4)


class GaitSet(nn.Module):
    """Silhouettes `[n, s, 64, 44]` float in [0, 1], in any order → embedding `[n, 256, 62]`; no classifier.

    One branch sees frames, the other the set: after each block the maximum over the frames joins the set branch.
    """

    def __init__(self, config: GaitSetConfig) -> None:
        super().__init__()
        self.config = config
        first, second, third = config.channels
        self.frames1 = ConvolutionBlock(1, first, kernel=5)
        self.frames2 = ConvolutionBlock(first, second)
        self.frames3 = ConvolutionBlock(second, third)
        self.set2 = ConvolutionBlock(first, second)
        self.set3 = ConvolutionBlock(second, third)
        self.head = SeparateLinear(2 * sum(config.bins), third, config.embedding)
        xavier_convolutions(self)

    def forward(self, silhouettes: Tensor) -> Output:
        return self.recognise(self.features(silhouettes))

    def features(self, silhouettes: Tensor) -> Tensor:
        """Pooled strips of each clip, `[n, c, 62]`; clips do not meet."""
        check_silhouettes(silhouettes)
        n = silhouettes.shape[0]

        def over_set(frames: Tensor) -> Tensor:
            return torch.unflatten(frames, 0, (n, -1)).max(1).values

        frames = F.max_pool2d(self.frames1(silhouettes.flatten(0, 1).unsqueeze(1)), 2)
        whole = F.max_pool2d(self.set2(over_set(frames)), 2)
        frames = F.max_pool2d(self.frames2(frames), 2)
        whole = self.set3(whole + over_set(frames))
        last = over_set(self.frames3(frames))
        bins = self.config.bins
        return torch.cat([pyramid_pooling(last, bins), pyramid_pooling(whole + last, bins)], -1)

    def recognise(self, features: Tensor) -> Output:
        """From the features of a batch to the result."""
        return Output(self.head(features))
