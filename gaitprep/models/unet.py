"""U-Net, the segmentation network (paper section 5.1), whose first half can be frozen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gaitprep.errors import UsageError
from gaitprep.models.sizes import check_counts

MEAN = (0.485, 0.456, 0.406)
STANDARD_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of the U-Net.

    Attributes:
        channels: feature maps of the levels, four in the paper; the decoder mirrors them. Images have sides that are
            multiples of 2 to the number of levels less one.
    """

    architecture: ClassVar[str] = "unet"
    channels: tuple[int, ...] = (16, 32, 64, 128)

    def __post_init__(self) -> None:
        check_counts("channels of the U-Net", self.channels)
        if not 2 <= len(self.channels) <= 7:
            raise UsageError(f"channels of the U-Net must be 2 to 7 numbers, got {len(self.channels)}")


class ConvolutionNormReLU(nn.Module):
    """3×3 convolution with bias, batch normalisation, ReLU.

    Several maps count as concatenated. Their convolution is the sum of each one's with its share of the weights: there
    is no copy of the maps, and none of the work for gradients that a frozen encoder does not want.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, *maps: Tensor) -> Tensor:
        norm, convolution = self.norm, self.convolution
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert convolution.bias is not None
        if norm.training:
            # The mean of the batch takes a bias out again: all it does is to move the running mean. Its gradient is 0,
            # which the zero here gives to the optimiser without a sum over the whole map.
            weight = convolution.weight + 0 * convolution.bias[:, None, None, None]
            if norm.track_running_stats:
                assert norm.momentum is not None
                # Before the update, which keeps 1 - momentum of it: backpropagation wants the mean unchanged behind it.
                share = norm.momentum / (1 - norm.momentum)
                norm.running_mean.add_(convolution.bias.detach(), alpha=share)
            return F.relu_(norm(self.convolve(maps, weight, None)))
        # Fixed statistics are a scale and a shift: as part of the convolution they cost nothing.
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        bias = norm.bias + (convolution.bias - norm.running_mean) * scale
        return F.relu_(self.convolve(maps, convolution.weight * scale[:, None, None, None], bias))

    def convolve(self, maps: tuple[Tensor, ...], weight: Tensor, bias: Tensor | None) -> Tensor:
        """The linear part, with any weight and bias of this layer's shape."""
        first, *others = torch.split(weight, [x.shape[1] for x in maps], 1)
        y = F.conv2d(maps[0], first, bias, padding=1)
        for x, share in zip(maps[1:], others, strict=True):
            y.add_(F.conv2d(x, share, padding=1))
        return y


class UpConvolution(ConvolutionNormReLU):
    """Nearest-neighbour upsampling ×2 of one map, then as its parent.

    Upsampling and the convolution are one linear map: the transposed convolution of stride 2 whose 4×4 kernel is the
    3×3 kernel spread over 2×2 pixels. It needs four ninths of the multiplications and no upsampled map.
    """

    def convolve(self, maps: tuple[Tensor, ...], weight: Tensor, bias: Tensor | None) -> Tensor:
        mirrored = weight.flip(2, 3)
        pixels = [F.pad(mirrored, (i, 1 - i, j, 1 - j)) for i in (0, 1) for j in (0, 1)]
        kernel = torch.stack(pixels).sum(0).transpose(0, 1).contiguous(memory_format=torch.channels_last)
        return F.conv_transpose2d(maps[0], kernel, bias, stride=2, padding=1)


class Block(nn.Module):
    """Two 3×3 convolutions, each with batch normalisation and ReLU; several maps count as concatenated."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.first = ConvolutionNormReLU(channels_in, channels_out)
        self.second = ConvolutionNormReLU(channels_out, channels_out)

    def forward(self, *maps: Tensor) -> Tensor:
        y: Tensor = self.second(self.first(*maps))
        return y


class Encoder(nn.Module):
    """The first half: a block per level, 2×2 max-pooling between them."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(map(Block, (3, *channels), channels))

    def forward(self, images: Tensor) -> list[Tensor]:
        """`[m, 3, h, w]` → one map per level, `[m, channels[i], h / 2^i, w / 2^i]`."""
        maps = [self.blocks[0](images)]
        for block in self.blocks[1:]:
            maps.append(block(F.max_pool2d(maps[-1], 2)))
        return maps


class Decoder(nn.Module):
    """The second half: upsampling ×2, the encoder's map of that level before it, a block; at last 1×1."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        deep_to_shallow = channels[::-1]
        pairs = list(itertools.pairwise(deep_to_shallow))
        self.ups = nn.ModuleList(UpConvolution(deep, shallow) for deep, shallow in pairs)
        self.blocks = nn.ModuleList(Block(2 * shallow, shallow) for _, shallow in pairs)
        self.last = nn.Conv2d(channels[0], 1, 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps[-1]
        for up, block, skip in zip(self.ups, self.blocks, maps[-2::-1], strict=True):
            x = block(skip, up(x))
        logits: Tensor = self.last(x)
        return logits


class UNet(nn.Module):
    """Images `[m, 3, h, w]` → segmentation logits `[m, 1, h, w]` float32; h and w are multiples of 8.

    With other than four levels it is another power of two. Images are uint8 RGB, or float already normalised with
    ImageNet's mean and standard deviation.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config.channels)
        self.decoder = Decoder(config.channels)
        self.is_half_frozen = False
        self.register_buffer("mean", 255 * torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", 255 * torch.tensor(STANDARD_DEVIATION)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        step = 2 ** (len(self.config.channels) - 1)
        if images.ndim != 4 or images.shape[1] != 3 or images.shape[2] % step or images.shape[3] % step:
            raise ValueError(f"images must be [m, 3, h, w] with h, w multiples of {step}; got {list(images.shape)}")
        if images.dtype == torch.uint8:
            images = (images.float() - self.mean) / self.deviation
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.is_half_frozen):
            maps = self.encoder(images)
        logits: Tensor = self.decoder(maps).float()
        return logits

    def freeze_first_half(self) -> None:
        """Fix the encoder for joint training: no gradients, statistics of the batch normalisation unchanged."""
        self.is_half_frozen = True
        self.encoder.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        if self.is_half_frozen:
            self.encoder.eval()
        return self
