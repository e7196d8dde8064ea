"""Changes to training images that leave the person where they are."""

from __future__ import annotations

import torch
from torch import Tensor


def vary_colours(images: Tensor, light: Tensor, strength: float) -> Tensor:
    """Gives every image other light: each channel gets a gain in 1 ± `strength` and an offset in ± `strength` / 2.

    Small training sets show few clothes; without this the network learns that green is lawn and white is floor.

    Args:
        images: `[n, 3, h, w]` uint8.
        light: `[2, n, 3, 1, 1]` in [0, 1), random numbers for gain and offset.
        strength: how much.

    Returns:
        `[n, 3, h, w]` uint8.
    """
    gain, offset = (2 * light - 1).mul(strength).to(images.device)
    varied: Tensor = images * (1 + gain) + 255 * offset / 2
    return varied.clamp_(0, 255).to(torch.uint8)
