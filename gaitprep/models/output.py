"""What every network returns."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Output:
    """The result of one forward pass over `n` sequences of `s` frames.

    Attributes:
        embedding: `[n, c, p]` float32, one vector of `c` numbers per body part.
        logits: `[n, classes, p]` float32; None for networks without a classifier.
        silhouettes: `[n, s, 64, 44]` float32 in [0, 1], what the recogniser saw; None unless end to end.
        segmentation_logits: `[n, s, 128, 128]` float32, sigmoid outside; None unless end to end.
    """

    embedding: Tensor
    logits: Tensor | None = None
    silhouettes: Tensor | None = None
    segmentation_logits: Tensor | None = None
