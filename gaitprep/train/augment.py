"""Changes to training images that leave the person where they are."""

from __future__ import annotations

import torch
from torch import Tensor


def vary_colours(images: Tensor, strength: float) -> Tensor:
    """Gives every image other light: each channel gets a gain in 1 ± `strength` and an offset in ± `strength` / 2.

    Small training sets show few clothes; without this the network learns that green is lawn and white is floor.
    Draws from torch's generator, whose state is part of a run's state.

    Args:
        images: `[n, 3, h, w]` uint8.
        strength: 0 changes nothing.

    Returns:
        `[n, 3, h, w]` uint8.
    """
    if strength == 0:
        return images
    gain, offset = (2 * torch.rand(2, len(images), 3, 1, 1) - 1).mul(strength).to(images.device)
    varied: Tensor = images * (1 + gain) + 255 * offset / 2
    return varied.clamp_(0, 255).to(torch.uint8)
