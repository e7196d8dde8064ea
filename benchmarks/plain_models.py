"""The networks as they are usually written: float32, row order, a convolution per strip, a product per part.

They read the weights of gaitprep's own networks, so that the benchmark compares times of equal numbers and the tests
can hold the fast forms to the obvious ones.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import roi_align

from gaitprep.models.gaitalign import AlignMode, box, extent
from gaitprep.models.gaitedge import EndToEnd, GaitEdgeConfig
from gaitprep.models.gaitgl import GaitGL, GlobalLocal, GlobalLocalJoined
from gaitprep.models.gaitpart import GaitPart, MicroMotion
from gaitprep.models.gaitset import GaitSet
from gaitprep.models.layers import ConvolutionBlock, SeparateLinear
from gaitprep.models.masks import binary_mask
from gaitprep.models.output import Output
from gaitprep.models.unet import Block, UNet


def leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.01)


def separate_linear(layer: SeparateLinear, x: Tensor) -> Tensor:
    return torch.stack([x[:, :, part] @ layer.weight[part] for part in range(x.shape[2])], 2)


def pyramid(x: Tensor, bins: tuple[int, ...]) -> Tensor:
    parts = []
    for count in bins:
        for strip in x.split(x.shape[2] // count, 2):
            flat = strip.flatten(2)
            parts.append(flat.mean(-1) + flat.max(-1)[0])
    return torch.stack(parts, 2)


def global_local(unit: GlobalLocal, x: Tensor) -> Tensor:
    whole = F.conv3d(x, unit.whole.weight, padding=1)
    strips = x.split(x.shape[3] // unit.strips, 3)
    local = torch.cat([F.conv3d(strip, unit.local.weight, padding=1) for strip in strips], 3)
    if isinstance(unit, GlobalLocalJoined):
        return leaky(torch.cat([whole, local], 3))
    return leaky(whole) + leaky(local)


def gaitgl(network: GaitGL, silhouettes: Tensor) -> Output:
    """GaitGL; temporal maximum and GeM pooling last."""
    x = silhouettes.unsqueeze(1)
    if x.shape[2] < 3:
        x = x.repeat(1, 1, 3 if x.shape[2] == 1 else 2, 1, 1)
    for convolution in network.conv3d:
        x = leaky(F.conv3d(x, convolution.weight, padding=1))
    x = leaky(F.conv3d(x, network.lta.weight, stride=(3, 1, 1)))
    for unit in network.a0:
        x = global_local(unit, x)
    x = F.max_pool3d(x, (1, 2, 2))
    for unit in (*network.a1, *network.b2):
        x = global_local(unit, x)
    x = x.max(2)[0].clamp(min=1e-6).pow(network.pool.power).mean(-1).pow(1 / network.pool.power)
    embedding = network.norm(separate_linear(network.head, x))
    return Output(embedding, separate_linear(network.classifier, embedding))


def block(network: ConvolutionBlock, x: Tensor) -> Tensor:
    for convolution in (network.first, network.second):
        strips = x.split(x.shape[2] // network.strips, 2)
        x = torch.cat([F.conv2d(s, convolution.weight, padding=convolution.padding) for s in strips], 2)
        x = leaky(x)
    return x


def gaitset(network: GaitSet, silhouettes: Tensor) -> Output:
    n, s = silhouettes.shape[:2]

    def over_set(x: Tensor) -> Tensor:
        return x.view(n, s, *x.shape[1:]).max(1)[0]

    frames = F.max_pool2d(block(network.frames1, silhouettes.reshape(n * s, 1, 64, 44)), 2)
    whole = F.max_pool2d(block(network.set2, over_set(frames)), 2)
    frames = F.max_pool2d(block(network.frames2, frames), 2)
    whole = block(network.set3, whole + over_set(frames))
    last = over_set(block(network.frames3, frames))
    parts = torch.cat([pyramid(last, network.config.bins), pyramid(whole + last, network.config.bins)], -1)
    return Output(separate_linear(network.head, parts))


def micro_motion(network: MicroMotion, x: Tensor, part: int, parts: int) -> Tensor:
    """One part's features `[n, c, s]`."""
    first = network.first.weight.chunk(parts)[part]
    second = network.second.weight.chunk(parts)[part]
    narrow = leaky(F.conv1d(x, first, padding=1))
    attention = F.conv1d(narrow, second, padding=second.shape[2] // 2).sigmoid()
    window = network.window
    pooled = F.avg_pool1d(x, window, 1, window // 2) + F.max_pool1d(x, window, 1, window // 2)
    return attention * pooled


def gaitpart(network: GaitPart, silhouettes: Tensor) -> Output:
    n, s = silhouettes.shape[:2]
    parts = network.config.parts
    x = F.max_pool2d(block(network.block1, silhouettes.reshape(n * s, 1, 64, 44)), 2)
    x = block(network.block3, F.max_pool2d(block(network.block2, x), 2))
    clips = pyramid(x, (parts,)).view(n, s, -1, parts).permute(3, 0, 2, 1)
    motion = [
        micro_motion(network.motion3, clip, part, parts) + micro_motion(network.motion5, clip, part, parts)
        for part, clip in enumerate(clips)
    ]
    return Output(separate_linear(network.head, torch.stack(motion, -1).max(2)[0]))


def unet(network: UNet, images: Tensor) -> Tensor:
    """U-Net logits; a frozen half only lacks the gradients of its weights, which is how it is usually done."""
    if images.dtype == torch.uint8:
        images = (images.float() - network.mean) / network.deviation

    def convolutions(layers: nn.Module, x: Tensor) -> Tensor:
        for layer in (layers.first, layers.second) if isinstance(layers, Block) else (layers,):
            x = F.relu(layer.norm(F.conv2d(x, layer.convolution.weight, layer.convolution.bias, padding=1)))
        return x

    maps = [convolutions(network.encoder.blocks[0], images)]
    for blocks in network.encoder.blocks[1:]:
        maps.append(convolutions(blocks, F.max_pool2d(maps[-1], 2)))
    x = maps.pop()
    for up, blocks in zip(network.decoder.ups, network.decoder.blocks, strict=True):
        x = convolutions(up, F.interpolate(x, scale_factor=2.0))
        x = convolutions(blocks, torch.cat([maps.pop(), x], 1))
    return F.conv2d(x, network.decoder.last.weight, network.decoder.last.bias)


def dilate(mask: Tensor, size: int) -> Tensor:
    """Float masks `[m, h, w]`: every neighbour as a channel, then the maximum, as morphology libraries do it."""
    half, large = size // 2, 1e4
    padded = F.pad(mask[:, None], (half,) * 4, value=-large)
    neighbours = F.unfold(padded, size).view(len(mask), size * size, *mask.shape[1:])
    return neighbours.max(1)[0]


def align(silhouettes: Tensor, mask: Tensor, ratio: Tensor, mode: AlignMode) -> Tensor:
    """GaitAlign by torchvision's RoIAlign on a map that really is padded."""
    h, w = silhouettes.shape[1:]
    person = extent(mask)
    found = box(mode, person, ratio, (h, w), (64, 44))
    index = torch.arange(len(mask), device=mask.device).float()
    corners = torch.stack([index, found.left, found.top, found.right, found.bottom], 1)
    padded = F.pad(silhouettes[:, None], (found.padding, found.padding, 0, 0))
    aligned = roi_align(padded, corners, (64, 44), aligned=found.aligned)[:, 0]
    return aligned * person.present[:, None, None]


def end_to_end(network: EndToEnd, rgb: Tensor, ratio: Tensor, mask: Tensor) -> Output:
    n, s = rgb.shape[:2]
    logits = unet(network.segmenter, rgb.flatten(0, 1).contiguous())[:, 0]
    silhouettes = logits.sigmoid()
    person = silhouettes.detach() > 0.5
    config = network.config
    if isinstance(config, GaitEdgeConfig):
        if config.mask_source == "reference":
            person = binary_mask(mask).flatten(0, 1)
        grown = dilate(person.float(), config.kernel_size) > 0.5
        interior = -dilate(-person.float(), config.kernel_size) > 0.5
        silhouettes = (interior ^ grown).float() * silhouettes + interior.float()
    aligned = align(silhouettes, person, ratio.flatten(), config.align).view(n, s, 64, 44)
    assert isinstance(network.recogniser, GaitGL)
    result = gaitgl(network.recogniser, aligned)
    return Output(result.embedding, result.logits, aligned, logits.view(n, s, *logits.shape[1:]))


def triplet(embedding: Tensor, labels: Tensor, margin: float = 0.2) -> Tensor:
    """Batch-all triplet loss over explicit triplets; the double precision is that of the fast form."""
    x = embedding.permute(2, 0, 1).double()
    norms = x.square().sum(-1)
    squared = F.relu(norms[:, :, None] + norms[:, None] - 2 * x @ x.transpose(1, 2))
    distance = squared.clamp(min=1e-30).sqrt()
    same = labels[:, None] == labels
    terms = F.relu(distance[:, :, :, None] - distance[:, :, None, :] + margin)
    terms = (terms * (same[:, :, None] & ~same[:, None, :])).flatten(1)
    count = (terms > 0).sum(1)
    return (terms.sum(1) / count.clamp(min=1)).mean().float()
