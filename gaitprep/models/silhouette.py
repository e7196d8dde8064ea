"""Reference masks: a decoder on the features of the person detector, which has seen real people by the ten thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gaitprep.errors import UsageError
from gaitprep.models.detector_features import CHANNELS, converted_features, detector_features
from gaitprep.models.sizes import check_counts
from gaitprep.models.unet import MEAN, STANDARD_DEVIATION, Block, ConvolutionNormReLU, UpConvolution
from gaitprep.models.weights import DETECTOR, DIGESTS


@dataclass(frozen=True)
class SilhouetteConfig:
    """Sizes of the network.

    Attributes:
        channels: feature maps of the decoder at a half, a quarter, … of the picture.
        detail: feature maps of the crop itself, at full resolution.
        picture: height and width at which the detector sees a crop: about the proportions that people have before they
            are squeezed into a square; multiples of 32, 64 at least.
        detector: whose features they are; digest: its SHA-256.
    """

    architecture: ClassVar[str] = "silhouette"
    channels: tuple[int, ...] = (16, 32, 48, 64, 96)
    detail: int = 16
    picture: tuple[int, int] = (256, 128)
    detector: str = DETECTOR
    digest: str = DIGESTS[DETECTOR]

    def __post_init__(self) -> None:
        check_counts("channels of the silhouette network", self.channels, len(CHANNELS))
        check_counts("maps of detail of the silhouette network", (self.detail,))
        check_counts("the silhouette network's picture", self.picture, 2)
        # Not 32: oneDNN's bfloat16 convolutions with a stride read unwritten memory where the result is a pixel wide.
        if any(side % 32 or side < 64 for side in self.picture):
            raise UsageError(
                f"the silhouette network's picture needs sides divisible by 32, 64 at least: {self.picture}"
            )


class SilhouetteNet(nn.Module):
    """Crops `[m, 3, h, w]` uint8 RGB → logits of body `[m, 1, h, w]` float32.

    The detector's weights are no part of it: they are found by name and digest, and never trained.

    Raises:
        WeightsError: the detector's weights cannot be found.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: SilhouetteConfig) -> None:
        super().__init__()
        self.config = config
        # Now rather than at the first use: loading sets OpenCV's threads, which must not happen beside a reader that
        # uses OpenCV.
        detector_features(config.detector, config.digest)
        own = config.channels
        self.deepest = ConvolutionNormReLU(CHANNELS[-1], own[-1])
        self.sides = nn.ModuleList(map(ConvolutionNormReLU, CHANNELS[:-1], own))
        self.ups = nn.ModuleList(map(UpConvolution, own[1:], own))
        self.blocks = nn.ModuleList(Block(2 * count, count) for count in own[:-1])
        self.detail = Block(3, config.detail)
        self.mix = ConvolutionNormReLU(own[0] + config.detail, config.detail)
        self.last = nn.Conv2d(config.detail, 1, 1)
        self.register_buffer("mean", 255 * torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", 255 * torch.tensor(STANDARD_DEVIATION)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        if images.ndim != 4 or images.shape[1] != 3 or images.dtype != torch.uint8:
            raise ValueError(f"crops must be [m, 3, h, w] uint8; got {list(images.shape)} {images.dtype}")
        features = self._features(images)
        x = self.deepest(features[-1])
        for level in reversed(range(len(self.blocks))):
            x = self.blocks[level](self.sides[level](features[level]), self.ups[level](x))
        x = F.interpolate(x, images.shape[2:], mode="bilinear")
        crop = ((images.float() - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last)
        logits: Tensor = self.last(self.mix(x, self.detail(crop)))
        return logits.float()

    @torch.no_grad()
    def _features(self, images: Tensor) -> list[Tensor]:
        kind = images.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else torch.float32
        detector = converted_features(self.config.detector, self.config.digest, images.device, dtype)
        pictures = F.interpolate(images.float().div_(255), self.config.picture, mode="bilinear").to(dtype)
        maps: list[Tensor] = detector(pictures.contiguous(memory_format=torch.channels_last))
        return maps
