"""The released networks as the specification says them, step by step on released state dicts, independent of ours.

Every function takes the tensors by their released names, and inputs as the networks of gaitprep take them.
"""

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import roi_align

Tensors = dict[str, Tensor]


def leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.01)


def per_part(x: Tensor, weights: Tensor) -> Tensor:
    """`[n, c, p]` and `[p, c, d]` → `[n, d, p]`."""
    return torch.einsum("ncp,pcd->ndp", x, weights)


def by_strip(x: Tensor, weight: Tensor, strips: int, axis: int) -> Tensor:
    convolve = F.conv3d if weight.ndim == 5 else F.conv2d
    return torch.cat([convolve(strip, weight, padding=1) for strip in x.chunk(strips, axis)], axis)


def bins(x: Tensor, counts: tuple[int, ...]) -> Tensor:
    """Mean + max of horizontal bins: `[n, c, h, w]` → `[n, c, sum(counts)]`."""
    strips = [strip.flatten(2) for count in counts for strip in x.chunk(count, 2)]
    return torch.stack([strip.mean(2) + strip.max(2)[0] for strip in strips], 2)


def gaitgl(t: Tensors, x: Tensor, strips: int = 8, large: bool = False) -> tuple[Tensor, Tensor]:
    """Embedding and logits."""

    def both(x: Tensor, name: str) -> tuple[Tensor, Tensor]:
        whole = F.conv3d(x, t[f"{name}.global_conv3d.conv3d.weight"], padding=1)
        return whole, by_strip(x, t[f"{name}.local_conv3d.conv3d.weight"], strips, 3)

    def added(x: Tensor, name: str) -> Tensor:
        whole, local = both(x, name)
        return leaky(whole) + leaky(local)

    frames = x.shape[1]
    if frames < 3:
        x = torch.cat([x] * (3 if frames == 1 else 2), 1)
    x = leaky(F.conv3d(x[:, None], t["conv3d.0.conv3d.weight"], padding=1))
    if large:
        x = leaky(F.conv3d(x, t["conv3d.2.conv3d.weight"], padding=1))
    x = leaky(F.conv3d(x, t["LTA.0.conv3d.weight"], stride=(3, 1, 1)))
    x = added(added(x, "GLConvA0.0"), "GLConvA0.1") if large else added(x, "GLConvA0")
    x = F.max_pool3d(x, (1, 2, 2), (1, 2, 2))
    x = added(added(x, "GLConvA1.0"), "GLConvA1.1") if large else added(x, "GLConvA1")
    x = leaky(torch.cat(both(added(x, "GLConvB2.0"), "GLConvB2.1") if large else both(x, "GLConvB2"), 3))
    rows = x.max(2)[0].clamp(min=1e-6).pow(t["HPP.p"]).mean(3).pow(1 / t["HPP.p"])
    embedding = per_part(rows, t["Head0.fc_bin"])
    embedding = F.batch_norm(embedding, t["Bn.running_mean"], t["Bn.running_var"], t["Bn.weight"], t["Bn.bias"])
    return embedding, per_part(embedding, t["Head1.fc_bin"])


def gaitset(t: Tensors, x: Tensor) -> Tensor:
    n, s = x.shape[:2]

    def block(x: Tensor, name: str) -> Tensor:
        first, second = t[f"{name}.0.conv.weight"], t[f"{name}.2.conv.weight"]
        x = leaky(F.conv2d(x, first, padding=first.shape[2] // 2))
        return leaky(F.conv2d(x, second, padding=1))

    def over_set(x: Tensor) -> Tensor:
        return x.reshape(n, s, *x.shape[1:]).max(1)[0]

    x = F.max_pool2d(block(x.reshape(n * s, 1, 64, 44), "set_block1.forward_block"), 2)
    whole = F.max_pool2d(block(over_set(x), "gl_block2"), 2)
    x = F.max_pool2d(block(x, "set_block2.forward_block"), 2)
    whole = block(whole + over_set(x), "gl_block3")
    last = over_set(block(x, "set_block3.forward_block"))
    pyramid = (16, 8, 4, 2, 1)
    return per_part(torch.cat([bins(last, pyramid), bins(whole + last, pyramid)], 2), t["Head.fc_bin"])


def gaitpart(t: Tensors, x: Tensor) -> Tensor:
    n, s = x.shape[:2]

    def pair(x: Tensor, first: int, strips: int) -> Tensor:
        for place in (first, first + 2):
            x = leaky(by_strip(x, t[f"Backbone.forward_block.feature.{place}.conv.weight"], strips, 2))
        return x

    x = x.reshape(n * s, 1, 64, 44)
    x = leaky(F.conv2d(x, t["Backbone.forward_block.feature.0.conv.weight"], padding=2))
    x = leaky(F.conv2d(x, t["Backbone.forward_block.feature.2.conv.weight"], padding=1))
    x = pair(F.max_pool2d(x, 2), 5, strips=4)
    x = pair(F.max_pool2d(x, 2), 10, strips=8)
    parts = bins(x, (16,)).reshape(n, s, -1, 16).permute(0, 3, 2, 1)  # [n, p, c, s]
    best = []
    for part in range(16):
        clip, total = parts[:, part], 0
        for branch, window in (("conv1d3x1", 3), ("conv1d3x3", 5)):
            first, second = (t[f"TFA.pooling_func.{branch}.{part}.{place}.conv.weight"] for place in (0, 2))
            gate = F.conv1d(leaky(F.conv1d(clip, first, padding=1)), second, padding=second.shape[2] // 2).sigmoid()
            pad = window // 2
            total = total + gate * (F.avg_pool1d(clip, window, 1, pad) + F.max_pool1d(clip, window, 1, pad))
        best.append(total.max(2)[0])
    return per_part(torch.stack(best, 2), t["Head.fc_bin"])


def unet(t: Tensors, images: Tensor) -> Tensor:
    """Normalised float images `[m, 3, h, w]` → logits `[m, h, w]`."""

    def convolve(x: Tensor, convolution: str, norm: str) -> Tensor:
        x = F.conv2d(x, t[f"{convolution}.weight"], t[f"{convolution}.bias"], padding=1)
        statistics = (t[f"{norm}.{name}"] for name in ("running_mean", "running_var", "weight", "bias"))
        return F.relu(F.batch_norm(x, *statistics))

    def block(x: Tensor, name: str) -> Tensor:
        x = convolve(x, f"{name}.conv.0", f"{name}.conv.1")
        return convolve(x, f"{name}.conv.3", f"{name}.conv.4")

    maps = [block(images, "Conv1")]
    for level in (2, 3, 4):
        maps.append(block(F.max_pool2d(maps[-1], 2), f"Conv{level}"))
    x = maps.pop()
    for level in (4, 3, 2):
        x = convolve(F.interpolate(x, scale_factor=2), f"Up{level}.up.1", f"Up{level}.up.2")
        x = block(torch.cat([maps.pop(), x], 1), f"Up_conv{level}")
    return F.conv2d(x, t["Conv_1x1.weight"], t["Conv_1x1.bias"])[:, 0]


def align(image: Tensor, person: Tensor, ratio: Tensor) -> Tensor:
    """Float images and binary masks `[m, 128, 128]`, nobody missing → `[m, 64, 44]`, in the released mode."""
    boxes = []
    for mask, r in zip(person, ratio.tolist(), strict=True):
        rows = mask.any(1).nonzero()[:, 0]
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        mass = mask.sum(0).cumsum(0)
        centre = int((mass < mass[-1] / 2).sum()) + 22
        extra = max((44 - 64 * r) / 2, 0) / (r * 64 / 128)
        half = (bottom - top) * 128 / 128 / 2 + extra
        boxes.append([min(max(centre - half, 0), 172), top, min(max(centre + half, 0), 172), bottom])
    corners = [torch.tensor([box], dtype=torch.float32) for box in boxes]
    return roi_align(F.pad(image[:, None], (22, 22)), corners, (64, 44), aligned=False)[:, 0]


def end_to_end(t: Tensors, rgb: Tensor, ratio: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Embedding, logits, aligned silhouettes, segmentation logits; uint8 RGB; GaitEdge with a mask, else GaitGL-E2E."""
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[:, :, None, None]
    images = (rgb.flatten(0, 1) / 255 - mean) / deviation
    backbone = {name.removeprefix("Backbone."): value for name, value in t.items()}
    segmentation = unet(backbone, images)
    image = segmentation.sigmoid()
    person = image.round().bool()
    if mask is not None:
        person = mask.flatten(0, 1) > 127
        wide = F.max_pool2d(person.float(), 3, 1, 1).bool()
        thin = ~F.max_pool2d((~person).float(), 3, 1, 1).bool()
        image = (wide ^ thin) * image + thin
    aligned = align(image, person, ratio.flatten()).reshape(*rgb.shape[:2], 64, 44)
    embedding, logits = gaitgl(t, aligned)
    return embedding, logits, aligned, segmentation.reshape(*rgb.shape[:2], 128, 128)
