"""Reference masks come as uint8 from stores, as float or bool from elsewhere: one reading of them."""

from __future__ import annotations

import torch
from torch import Tensor


def mask_probability(mask: Tensor) -> Tensor:
    """Masks of any shape as float32 in [0, 1]: uint8 from 0–255 (0–1 where none is larger), others as they are."""
    if mask.dtype == torch.uint8 and mask.numel() and int(mask.max()) > 1:
        return mask.float() / 255.0
    return mask.float()


def binary_mask(mask: Tensor) -> Tensor:
    """Masks of any shape as bool: more than half."""
    return mask if mask.dtype == torch.bool else mask_probability(mask) > 0.5
