"""One training step of each network on made-up data: fast, compiled, and in the plain form of `plain_models`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch
from torch import Tensor, nn

from benchmarks import plain_models as plain
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.losses import joint_loss, recognition_loss, segmentation
from gaitprep.models.registry import build
from gaitprep.models.unet import UNet

Form = Literal["plain", "fast", "compiled"]
PLAIN = {"gaitgl": plain.gaitgl, "gaitset": plain.gaitset, "gaitpart": plain.gaitpart}
IMAGES = 32
"""Batch of the U-Net alone."""


def training_step(name: str, form: Form, clips: int, frames: int) -> Callable[[], None]:
    """Forward, losses and backward of the full-size network; the optimiser's own work is the same in all forms."""
    torch.manual_seed(0)
    network = build(name).train()
    if form == "plain":
        for parameter in network.parameters():
            parameter.data = parameter.data.contiguous()
    if form == "compiled":
        network.compile()
    loss = _unet(network, form) if isinstance(network, UNet) else _clips(name, network, form, clips, frames)

    def step() -> None:
        network.zero_grad()
        loss().backward()

    return step


def _autocast(form: Form) -> AbstractContextManager[object]:
    return nullcontext() if form == "plain" else torch.autocast("cpu", torch.bfloat16)


def _crops(*shape: int) -> tuple[Tensor, Tensor]:
    """Crops of noise `[*shape, 3, 128, 128]`, laid as stores have them, and masks of somebody who stands."""
    rgb = torch.randint(0, 256, (*shape, 128, 128, 3), dtype=torch.uint8).movedim(-1, -3)
    mask = torch.zeros(*shape, 128, 128, dtype=torch.uint8)
    mask[..., 10:118, 40:88] = 255
    return rgb, mask


def _unet(network: UNet, form: Form) -> Callable[[], Tensor]:
    images, mask = _crops(IMAGES)

    def loss() -> Tensor:
        with _autocast(form):
            logits = plain.unet(network, images.contiguous()) if form == "plain" else network(images)
        return segmentation(logits[:, 0], mask)

    return loss


def _clips(name: str, network: nn.Module, form: Form, clips: int, frames: int) -> Callable[[], Tensor]:
    labels = torch.arange(clips) // 4
    if isinstance(network, EndToEnd):
        network.segmenter.freeze_first_half()
        (rgb, mask), ratio = _crops(clips, frames), torch.full((clips, frames), 0.45)

        def joint() -> Tensor:
            with _autocast(form):
                output = plain.end_to_end(network, rgb, ratio, mask) if form == "plain" else network(rgb, ratio, mask)
            return joint_loss(output, labels, mask).total

        return joint
    silhouettes = (torch.rand(clips, frames, 64, 44) > 0.5).float()

    def recognition() -> Tensor:
        with _autocast(form):
            output = PLAIN[name](network, silhouettes) if form == "plain" else network(silhouettes)
        return recognition_loss(output, labels).total

    return recognition
