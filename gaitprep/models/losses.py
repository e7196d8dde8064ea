"""The losses of the three training phases."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gaitprep.models.layers import full_precision
from gaitprep.models.masks import mask_probability
from gaitprep.models.output import Output

MARGIN = 0.2
SEGMENTATION_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Loss:
    """What is minimised, and its terms by name (detached, unweighted) for the log."""

    total: Tensor
    terms: dict[str, Tensor]


def triplet(embedding: Tensor, labels: Tensor, margin: float = MARGIN) -> Tensor:
    """Batch-all triplet loss: per part the mean over all non-zero terms, then the mean over the parts.

    Every pair of one subject, the pair of a sequence with itself included, meets every negative of its anchor. As
    each term is linear in two distances, the sum over the active triplets is a sum over pairs, weighted with the
    number of active triplets that a pair is part of. Those numbers come from sorting, so the cost grows with n² log n
    where the triplets grow with n³.

    Args:
        embedding: `[n, c, p]` float.
        labels: subject of each sequence, `[n]` integer.
        margin: in units of the embedding.

    Returns:
        Scalar float32, 0 where no triplet is active.
    """
    with full_precision(embedding):
        distance = pairwise_distances(embedding)
        same = labels[:, None] == labels
        with torch.no_grad():
            reach = distance + margin  # a negative is too near where it is nearer than this
            negatives = distance.masked_fill(same, torch.inf).sort(-1).values
            positives = reach.masked_fill(~same, torch.inf).sort(-1).values
            as_positive = torch.searchsorted(negatives, reach, side="left") * same
            farther = same.sum(-1)[:, None] - torch.searchsorted(positives, distance, side="right")
            as_negative = farther * ~same
            active = as_positive.sum((1, 2))
        pull = ((as_positive - as_negative) * distance).sum((1, 2))
        part = torch.where((active > 0) | pull.isnan(), pull / active.clamp(min=1) + margin, 0.0)
        return part.mean().float()


def pairwise_distances(embedding: Tensor) -> Tensor:
    """Euclidean distances between all sequences per part: `[n, c, p]` → `[p, n, n]`.

    `sqrt(relu(x² + y² − 2xy))` cancels badly in float32 (some 0.003 instead of 0 for 128 numbers of unit variance), so
    it is computed in double precision where the device has it. Gradients at distance 0 are 0.
    """
    dtype = torch.float32 if embedding.device.type == "mps" else torch.float64
    x = embedding.permute(2, 0, 1).to(dtype)
    norms = x.square().sum(-1)
    squared = norms[:, :, None] + norms[:, None] - 2 * x @ x.transpose(1, 2)
    itself = torch.eye(x.shape[1], dtype=torch.bool, device=x.device)
    apart = ~(squared <= 0) & ~itself  # NaN is no distance of 0: it must reach the loss
    return torch.where(apart, squared, 1.0).sqrt() * apart


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the logits `[n, classes, p]` with labels `[n]`, mean over sequences and parts."""
    return F.cross_entropy(logits.float(), labels[:, None].expand(-1, logits.shape[2]))


def segmentation(logits: Tensor, mask: Tensor) -> Tensor:
    """Binary cross-entropy of segmentation logits and reference masks of equal shape (`L_seg`)."""
    return F.binary_cross_entropy_with_logits(logits.float(), mask_probability(mask))


def recognition_loss(output: Output, labels: Tensor, margin: float = MARGIN) -> Loss:
    """Phase recognition (`L_rec`): triplet, plus cross-entropy where the network has a classifier; labels `[n]`."""
    total = triplet(output.embedding, labels, margin)
    terms = {"triplet": total.detach()}
    if output.logits is not None:
        classification = cross_entropy(output.logits, labels)
        terms["cross_entropy"] = classification.detach()
        total = total + classification
    return Loss(total, terms)


def joint_loss(
    output: Output, labels: Tensor, mask: Tensor, margin: float = MARGIN, weight: float = SEGMENTATION_WEIGHT
) -> Loss:
    """Phase joint (section 5.1): `L_joint = L_rec + λ·L_seg`.

    Args:
        output: of an end-to-end network.
        labels: `[n]`.
        mask: reference masks `[n, s, 128, 128]`.
        margin: of the triplets.
        weight: λ.
    """
    assert output.segmentation_logits is not None, "the joint loss needs an end-to-end network"
    recognition = recognition_loss(output, labels, margin)
    term = segmentation(output.segmentation_logits, mask)
    return Loss(recognition.total + weight * term, recognition.terms | {"segmentation": term.detach()})


def overlap_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """1 − IoU of soft masks, mean over the pictures (soft Jaccard loss: Rahman and Wang, ISVC 2016).

    The cross-entropy counts every pixel alike, and most are easy; this one counts a hand for as much of the person as
    it is. It draws grey edges to body or background, whichever they are more of. An empty mask has the loss 1 and no
    gradient.

    Args:
        logits: `[n, h, w]` float.
        mask: `[n, h, w]` in [0, 1].
    """
    found = logits.sigmoid()
    both = (found * mask).sum((1, 2))
    either = (found + mask).sum((1, 2)) - both
    return 1 - (both / either.clamp_min(1e-6)).mean()
