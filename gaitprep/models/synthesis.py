"""Gait Synthesis: a trainable edge around a fixed interior (paper section 4.1, equations 1 and 2)."""

from __future__ import annotations

import torch
from torch import Tensor

from gaitprep.errors import UsageError


def check_element(size: int) -> None:
    """Raise UsageError unless `size` is an odd number of pixels: an even element has no centre."""
    if type(size) is not int or size < 1 or size % 2 == 0:
        raise UsageError(f"the structuring element must have an odd side such as 3, 5, 7 or 9; got {size!r}")


def dilate(mask: Tensor, size: int) -> Tensor:
    """Dilation of binary masks `[..., h, w]` (bool) by a flat `size`×`size` element; outside the image never wins.

    Raises:
        UsageError: `size` is not odd.
    """
    check_element(size)
    grown = mask
    for axis in (-1, -2):  # a square element is a row element, then a column element
        source, grown = grown, grown.clone()
        length = source.shape[axis]
        for shift in range(1, min(size // 2, length - 1) + 1):
            near, far = source.narrow(axis, 0, length - shift), source.narrow(axis, shift, length - shift)
            grown.narrow(axis, shift, length - shift).logical_or_(near)
            grown.narrow(axis, 0, length - shift).logical_or_(far)
    return grown


def erode(mask: Tensor, size: int) -> Tensor:
    """Erosion of binary masks `[..., h, w]` (bool) by a flat `size`×`size` element; outside the image never wins."""
    return ~dilate(~mask, size)


def synthesise(probability: Tensor, mask: Tensor, size: int) -> Tensor:
    """Equations 1 and 2: `M_i = erode(M)`, `M_e = M_i xor dilate(M)`, `M_s = M_e·P + M_i`.

    Args:
        probability: P, output of the segmentation network in [0, 1], `[..., h, w]` float.
        mask: M, `[..., h, w]` bool.
        size: side of the structuring element in pixels, odd; 3 in the paper, up to 9 in its ablation.

    Returns:
        M_s `[..., h, w]`, like `probability`; gradients reach `probability` at the edges only.
    """
    interior = erode(mask, size)
    edge = interior ^ dilate(mask, size)
    return torch.where(edge, probability, interior.to(probability.dtype))
