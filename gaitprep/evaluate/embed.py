"""What networks say of whole sequences: every valid frame, in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from gaitprep.evaluate.protocol import Rows
from gaitprep.models.compute import Compute
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.output import Output
from gaitprep.models.unet import UNet
from gaitprep.store.reader import StoreReader

CROPS = 16
"""Crops that go through a U-Net at once; few enough for its feature maps to stay in the cache of a CPU."""

LONGEST = 720
"""Frames that a recogniser sees at once; half a minute of video, at most a few hundred megabytes of feature maps."""

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
    says so. A sequence of more than `LONGEST` frames is embedded in equal pieces, whose mean stands for it.

    Args:
        model: a recogniser or an end-to-end network, in evaluation mode on its device.
        reader: the store.
        compute: where and how precisely.
        watch: is shown the segmentation of end-to-end networks.
    """

    def __init__(self, model: nn.Module, reader: StoreReader, compute: Compute, watch: Watch | None = None) -> None:
        self._model, self._reader, self._compute, self._watch = model, reader, compute, watch
        self._front: EndToEnd | None = None
        self._recogniser = model
        if isinstance(model, EndToEnd):
            # The front half works frame by frame, so it may see a sequence in pieces.
            self._front = EndToEnd(model.config, model.segmenter, _Nobody()).eval()
            self._recogniser = model.recogniser

    def embed(self, row: int, frames: Rows) -> Tensor:
        """The embedding `[c, p]` float32 of some frames of a sequence, on the CPU.

        Raises:
            StoreError: the sequence cannot be read.
        """
        parts = np.array_split(frames, -(-len(frames) // LONGEST))
        with torch.inference_mode(), self._compute.autocast():
            embeddings = [self._recogniser(self._silhouettes(row, part)[None]).embedding[0] for part in parts]
        return torch.stack(embeddings).float().mean(0).cpu()

    def _silhouettes(self, row: int, frames: Rows) -> Tensor:
        if self._front is None:
            return self._read("silhouette", row, frames).float() / 255
        return torch.cat([self._synthetic(self._front, row, piece) for piece in _pieces(frames)])

    def _synthetic(self, front: EndToEnd, row: int, frames: Rows) -> Tensor:
        rgb = self._read("rgb", row, frames).permute(0, 3, 1, 2)[None]
        mask = self._read("mask", row, frames)[None] if needs_masks(front) else None
        output: Output = front(rgb, self._read("ratio", row, frames)[None], mask)
        assert output.silhouettes is not None
        if self._watch is not None:
            assert output.segmentation_logits is not None
            self._watch(row, frames, output.segmentation_logits[0])
        return output.silhouettes[0]

    def _read(self, name: str, row: int, frames: Rows) -> Tensor:
        return torch.from_numpy(self._reader.take(name, row, frames)).to(self._compute.device)


def needs_masks(model: nn.Module) -> bool:
    """Whether a network takes its interiors from the store's reference masks: a GaitEdge made so, or imported."""
    return getattr(getattr(model, "config", None), "mask_source", "predicted") != "predicted"


def segment(unet: UNet, reader: StoreReader, row: int, frames: Rows, compute: Compute) -> Iterator[tuple[Rows, Tensor]]:
    """Segmentation logits of a sequence, piece by piece.

    Yields:
        Frames of the piece, and their logits `[frames, 128, 128]`.
    """
    for piece in _pieces(frames):
        images = torch.from_numpy(reader.take("rgb", row, piece)).to(compute.device).permute(0, 3, 1, 2)
        with torch.inference_mode(), compute.autocast():
            logits = unet(images)[:, 0]
        yield piece, logits


def _pieces(frames: Rows) -> Iterator[Rows]:
    for start in range(0, len(frames), CROPS):
        yield frames[start : start + CROPS]


class _Nobody(nn.Module):
    """Stands where a recogniser would, when only the silhouettes are wanted."""

    def forward(self, silhouettes: Tensor) -> Output:
        return Output(silhouettes.new_zeros(len(silhouettes), 1, 1))
