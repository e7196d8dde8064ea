"""GaitAlign: size normalisation that gradients pass through (paper section 4.2, algorithm 1).

RoIAlign on an upright box is separable: every sample is a product of a row weight and a column weight, and so is
their mean. The aligned image is therefore `R · P · Cᵀ` with the row weights R `[64, 128]` and the column weights
C `[44, 128]` of that box: two small matrix products, exact, deterministic and fast on every device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from gaitprep.models.layers import SILHOUETTE_SIZE, full_precision

AlignMode = Literal["exact", "paper", "opengait", "none"]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where people stand in their crops `[m, h, w]`, in crop pixels, float32 `[m]`.

    Attributes:
        top: first row with foreground.
        bottom: last such row + 1.
        centre: number of columns whose cumulative foreground is below half of the total.
        present: bool, False where the mask is empty (the others are then of no meaning).
    """

    top: Tensor
    bottom: Tensor
    centre: Tensor
    present: Tensor


@dataclass(frozen=True, slots=True)
class Box:
    """Sampling boxes in pixels of a map that was padded with `padding` zero columns on either side."""

    left: Tensor
    top: Tensor
    right: Tensor
    bottom: Tensor
    padding: int
    aligned: bool


def extent(mask: Tensor) -> Extent:
    """Measure binary masks `[m, h, w]` (bool)."""
    height = mask.shape[1]
    rows = mask.any(2)
    up_to, from_here = rows.cumsum(1), rows.flip(1).cumsum(1)
    columns = mask.sum(1).cumsum(1)
    return Extent(
        top=(up_to == 0).sum(1).float(),
        bottom=height - (from_here == 0).sum(1).float(),
        centre=(2 * columns < columns[:, -1:]).sum(1).float(),
        present=rows.any(1),
    )


def box(mode: AlignMode, person: Extent, ratio: Tensor, crop: tuple[int, int], size: tuple[int, int]) -> Box:
    """The part of the crop that becomes the silhouette.

    Args:
        mode: `exact`: the person's true proportions, outside the crop reads as zero. `paper`: the same box as
            algorithm 1 places it, on a map padded by half its width and with RoIAlign's older half-pixel shift.
            `opengait`: the box of the released code, which stretches narrow people; for its checkpoints. `none`: the
            whole crop, wherever the person stands in it: a plain resize, to see what alignment is worth.
        person: where the people stand.
        ratio: width / height of each crop in source pixels, `[m]`.
        crop: height and width of the crops in pixels.
        size: height and width of the silhouettes in pixels.
    """
    (h, w), (target_height, target_width) = crop, size
    if mode == "none":
        start = torch.zeros_like(person.top)
        return Box(start, start, start + w, start + h, 0, aligned=True)
    height = person.bottom - person.top
    if mode == "opengait":
        padding = target_width // 2
        margin = ((target_width - target_height * ratio) / 2).clamp(min=0) / (ratio * target_height / w)
        half = height * w / h / 2 + margin
        ends = [(person.centre + padding + side * half).clamp(0, w + 2 * padding) for side in (-1, 1)]
        return Box(ends[0], person.top, ends[1], person.bottom, padding, aligned=False)
    padding = w // 2 if mode == "paper" else 0
    half = height * (w / h) * target_width / (2 * target_height * ratio)
    centre = person.centre + padding
    return Box(centre - half, person.top, centre + half, person.bottom, padding, aligned=mode == "exact")


def roi_weights(start: Tensor, end: Tensor, bins: int, length: int, aligned: bool) -> Tensor:
    """RoIAlign along one axis as a matrix.

    Each bin averages `ceil((end - start) / bins)` evenly spaced samples; a sample is linearly interpolated, reads
    zero more than one pixel outside and the border value up to there, as RoIAlign is defined.

    Args:
        start: beginning of the boxes in pixels, `[m]`.
        end: their end, `[m]`.
        bins: pixels of the result.
        length: pixels of the source.
        aligned: whether pixel centres lie at half-integers (True) or integers (False, the older definition).

    Returns:
        Weights `[m, bins, length]` float32.
    """
    span = end - start if aligned else (end - start).clamp(min=1.0)
    samples = (span / bins).ceil().clamp(min=1.0)[:, None, None]
    step = (span / bins)[:, None, None]
    first = (start - 0.5 if aligned else start)[:, None, None]
    sample = torch.arange(int(samples.max()), device=start.device)
    bin_ = torch.arange(bins, device=start.device)[:, None]
    position = first + (bin_ + (sample + 0.5) / samples) * step
    counts = (sample < samples) & (position >= -1) & (position <= length)
    position = position.clamp(0, length - 1)
    before = position.floor()
    after_share = position - before
    share = counts / samples
    index = before.long()
    weights = torch.zeros(len(start), bins, length, device=start.device)
    weights.scatter_add_(2, index, share * (1 - after_share))
    return weights.scatter_add_(2, (index + 1).clamp(max=length - 1), share * after_share)


def align(
    silhouettes: Tensor,
    mask: Tensor,
    ratio: Tensor,
    mode: AlignMode = "exact",
    size: tuple[int, int] = SILHOUETTE_SIZE,
) -> Tensor:
    """Size-normalise float silhouettes of whole crops.

    Args:
        silhouettes: `[m, h, w]` float in [0, 1]; gradients flow back to it.
        mask: `[m, h, w]` bool, says where the person is; no gradient.
        ratio: width / height of each crop in source pixels, `[m]`, positive.
        mode: see `box`.
        size: height and width of the result.

    Returns:
        `[m, *size]` float32 in [0, 1] (float64 of float64); zeros (and zero gradients) where the mask is empty.

    Raises:
        ValueError: a ratio is not a positive number.
    """
    if not bool(((ratio > 0) & ratio.isfinite()).all()):
        raise ValueError("every crop ratio (width / height) must be a positive finite number")
    h, w = silhouettes.shape[1:]
    with full_precision(silhouettes), torch.no_grad():
        person = extent(mask)
        found = box(mode, person, ratio.float(), (h, w), size)
        top = torch.where(person.present, found.top, 0.0)
        bottom = torch.where(person.present, found.bottom, 1.0)
        rows = roi_weights(top, bottom, size[0], h, found.aligned) * person.present[:, None, None]
        pad = found.padding
        columns = roi_weights(found.left, found.right, size[1], w + 2 * pad, found.aligned)[..., pad : pad + w]
    with full_precision(silhouettes):
        exact = torch.promote_types(silhouettes.dtype, torch.float32)
        return rows.to(exact) @ silhouettes.to(exact) @ columns.transpose(1, 2).to(exact)
