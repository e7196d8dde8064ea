"""What networks say of whole sequences: every valid frame, in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from gaitprep.evaluate.buckets import Bucket
from gaitprep.evaluate.protocol import Rows
from gaitprep.models.compute import Compute
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.layers import narrow
from gaitprep.models.silhouette import SilhouetteNet
from gaitprep.models.unet import UNet
from gaitprep.store.reader import StoreReader

CROPS = 16
"""Crops that go through a U-Net at once; few enough for its feature maps to stay in the cache of a CPU."""

Watch = Callable[[int, Rows, Tensor], None]
"""Is shown (row, frames counted from the sequence's start, segmentation logits [frames, 128, 128])."""


class ValidFrames:
    """The valid frames of a store's sequences, counted from the start of each.

    Args:
        reader: the store.
    """

    def __init__(self, reader: StoreReader) -> None:
        self._table = reader.sequences
        self._valid = reader.read("valid", 0, reader.frames)

    def __call__(self, row: int) -> Rows:
        start, length = int(self._table.start[row]), int(self._table.length[row])
        return np.flatnonzero(self._valid[start : start + length]).astype(np.int64)


class Embedder:
    """Embeds sequences of a store with one network.

    Silhouette networks read silhouettes. End-to-end networks read RGB and ratios, and masks where `needs_masks`
    says so.

    Args:
        model: a recogniser or an end-to-end network, in evaluation mode on its device.
        compute: where and how precisely.
        watch: is shown the segmentation of end-to-end networks.

    Attributes:
        names: the arrays that it wants of a bucket.
    """

    def __init__(self, model: nn.Module, compute: Compute, watch: Watch | None = None) -> None:
        self._compute, self._watch = compute, watch
        # The front half of an end-to-end network works frame by frame, so it may see a sequence in pieces.
        self._front = model if isinstance(model, EndToEnd) else None
        self._recogniser = model.recogniser if isinstance(model, EndToEnd) else model
        self.names: tuple[str, ...] = ("silhouette",)
        if self._front is not None:
            self.names = ("rgb", "ratio", "mask") if needs_masks(model) else ("rgb", "ratio")

    def embed(self, bucket: Bucket) -> Tensor:
        """The embeddings `[k, c, p]` float32 of the bucket's sequences, on the CPU."""
        with torch.inference_mode(), self._compute.autocast():
            embeddings: Tensor = self._recogniser(self._silhouettes(bucket)).embedding
        return embeddings.float().cpu()

    def _silhouettes(self, bucket: Bucket) -> Tensor:
        if self._front is None:
            return narrow(self._on_device(bucket.arrays["silhouette"])).float() / 255
        rows = [self._synthetic(self._front, bucket, place) for place in range(len(bucket.rows))]
        return torch.stack(rows)

    def _synthetic(self, front: EndToEnd, bucket: Bucket, place: int) -> Tensor:
        arrays = {name: self._on_device(array[place]) for name, array in bucket.arrays.items()}
        silhouettes = []
        for piece in pieces(bucket.frames.shape[1]):
            rgb = arrays["rgb"][piece].permute(0, 3, 1, 2)[None]
            mask = arrays["mask"][piece][None] if "mask" in arrays else None
            found, logits = front.silhouettes(rgb, arrays["ratio"][piece][None], mask)
            silhouettes.append(found[0])
            if self._watch is not None:
                self._watch(int(bucket.rows[place]), bucket.frames[place, piece], logits[0])
        return torch.cat(silhouettes)

    def _on_device(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self._compute.device)


def needs_masks(model: nn.Module) -> bool:
    """Whether a network takes its interiors from the store's reference masks: a GaitEdge made so, or imported."""
    return getattr(getattr(model, "config", None), "mask_source", "predicted") != "predicted"


def segment(unet: UNet | SilhouetteNet, bucket: Bucket, compute: Compute) -> Iterator[tuple[int, Rows, Tensor]]:
    """Segmentation logits of a bucket's `rgb`, piece by piece.

    Yields:
        Row of the sequence, frames of the piece, and their logits `[frames, 128, 128]`.
    """
    for row, frames, rgb in zip(bucket.rows, bucket.frames, bucket.arrays["rgb"], strict=True):
        for piece in pieces(len(frames)):
            images = torch.from_numpy(rgb[piece]).to(compute.device).permute(0, 3, 1, 2)
            with torch.inference_mode(), compute.autocast():
                logits = unet(images)[:, 0]
            yield int(row), frames[piece], logits


def pieces(frames: int) -> list[slice]:
    """`CROPS` frames at a time."""
    return [slice(start, start + CROPS) for start in range(0, frames, CROPS)]
