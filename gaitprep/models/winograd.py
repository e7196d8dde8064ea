"""3×3×3 convolutions of clips with two thirds of the multiplications.

Winograd's F(2, 3) along the time axis (A. Lavin and S. Gray 2016): two neighbouring frames of the result need four
2-D convolutions of sums of frames instead of six of the frames themselves. It is done along time only, where sums of
frames cost little beside what they save, and where rounding to bfloat16 stays at twice that of the direct form.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def mix_frames(x: Tensor) -> list[Tensor]:
    """The four sums of frames of every pair of frames: `[n, c, s, h, w]` → four `[n * ceil(s / 2), c, h, w]`.

    They are channels-last, with a frame of zeros before the first and one or two behind the last.
    """
    frames = x.shape[2]
    padded = F.pad(x.permute(0, 2, 3, 4, 1), (0, 0, 0, 0, 0, 0, 1, 1 + frames % 2))
    even, odd = padded[:, 0::2], padded[:, 1::2]
    first, second, third, fourth = even[:, :-1], odd[:, :-1], even[:, 1:], odd[:, 1:]
    mixed = (first - third, second + third, third - second, second - fourth)
    return [frames.flatten(0, 1).permute(0, 3, 1, 2) for frames in mixed]


def mix_weights(weight: Tensor) -> list[Tensor]:
    """The weights of the four convolutions: `[c', c, 3, 3, 3]` → four `[c', c, 3, 3]`."""
    first, second, third = weight.unbind(2)
    outer, inner = (first + third) / 2, second / 2
    return [first, outer + inner, outer - inner, third]


def convolve_mixed(mixed: list[Tensor], weight: Tensor, strips: int = 1) -> tuple[Tensor, Tensor]:
    """The 3×3×3 convolution with zero padding, from the four sums of frames.

    Args:
        mixed: see `mix_frames`.
        weight: `[c', c, 3, 3, 3]`.
        strips: horizontal strips, each padded and convolved on its own; they are views where frames are channels-last.

    Returns:
        Even and odd frames of the result, `[n * ceil(s / 2), h, w, c']` each.
    """
    terms = []
    for frames, share in zip(mixed, mix_weights(weight), strict=True):
        rows = torch.unflatten(frames.permute(0, 2, 3, 1), 1, (strips, -1)).flatten(0, 1)
        y = F.conv2d(rows.permute(0, 3, 1, 2), share, padding=1).permute(0, 2, 3, 1)
        terms.append(torch.unflatten(y, 0, (-1, strips)).flatten(1, 2))
    first, second, third, fourth = terms
    return first.add_(second).add_(third), second.sub_(third).sub_(fourth)


def interleave(even: Tensor, odd: Tensor, frames: int) -> Tensor:
    """Even and odd frames `[n * ceil(s / 2), h, w, c]` as clips `[n, c, s, h, w]`, channels-last."""
    pairs = torch.stack([even, odd], 1)
    clips = torch.unflatten(pairs, 0, (-1, -(-frames // 2))).flatten(1, 2)
    return clips[:, :frames].permute(0, 4, 1, 2, 3)
