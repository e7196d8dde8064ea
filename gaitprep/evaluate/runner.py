"""Tests checkpoints on stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gaitprep.errors import StoreError, UsageError
from gaitprep.evaluate.buckets import Bucket, read_buckets
from gaitprep.evaluate.distances import Metric
from gaitprep.evaluate.embed import Embedder, ValidFrames, needs_masks, segment
from gaitprep.evaluate.keep import keep_embeddings
from gaitprep.evaluate.masks import MaskScore, has_masks
from gaitprep.evaluate.protocol import Rows, Sequences, rounds, rows_under_test
from gaitprep.evaluate.recognition import mean_over_conditions, score
from gaitprep.evaluate.results import UNTRAINED, Checkpoint, RecognitionResult, Results, SegmentationResult
from gaitprep.manifest.protocol import Protocol
from gaitprep.models.checkpoint import ModelInfo, load_model
from gaitprep.models.compute import Compute, Precision, compute
from gaitprep.models.gaitedge import EndToEnd, GaitEdgeConfig, MaskSource
from gaitprep.models.registry import Network, build
from gaitprep.models.silhouette import SilhouetteNet
from gaitprep.models.unet import UNet
from gaitprep.run.digest import digest_json
from gaitprep.run.events import Events
from gaitprep.store.offset import OffsetReader
from gaitprep.store.reader import StoreReader, open_store


def evaluate(
    checkpoints: Sequence[Path],
    stores: Sequence[Path],
    events: Events,
    *,
    protocol: Protocol | None = None,
    metric: Metric = "per-part",
    device: str = "auto",
    precision: Precision = "fp32",
    untrained: bool = False,
    embeddings: Path | None = None,
    offset: int = 0,
    mask_source: MaskSource | None = None,
) -> Results:
    """Tests every checkpoint on every store: recognisers by rank-k, segmentation networks by IoU.

    Args:
        checkpoints: files of `gaitprep train`.
        stores: stores of `gaitprep pack`.
        events: where progress goes.
        protocol: rules for all stores; each store's own when None.
        metric: distance between embeddings.
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: `fp32` gives the same numbers everywhere; `bf16` and `auto` are faster.
        untrained: also test each recogniser of silhouettes with random weights: what body shape alone gives away.
        embeddings: folder in which the embeddings are kept, see `keep_embeddings`.
        offset: move crops at random by up to so many pixels, see `OffsetReader`.
        mask_source: where GaitEdge takes its interiors from, see `GaitEdgeConfig`; as it was trained where None.

    Raises:
        CheckpointError: a checkpoint cannot be read.
        StoreError: a store cannot be read, or its protocol leaves nothing to compare.
        UsageError: two stores have the same name, or no network takes interiors from anywhere.
    """
    readers = [open_store(path) for path in stores]
    if offset:
        readers = [OffsetReader(reader, offset) for reader in readers]
    names = [reader.name for reader in readers]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"two of the stores are called {repeated!r}", next_step="evaluate them one by one")
    where = compute(device, precision)
    recognition: list[RecognitionResult] = []
    segmentation: list[SegmentationResult] = []
    loaded = [(str(path), *load_model(path)) for path in checkpoints]
    if mask_source is not None:
        _take_interiors([model for _, model, _ in loaded], mask_source)
    for name, model, info in loaded + (_untrained([info for _, _, info in loaded]) if untrained else []):
        model.to(where.device)
        for reader in readers:
            test = _Test(name, model, info, reader, where, events)
            if isinstance(model, UNet | SilhouetteNet):
                segmentation.append(test.segmentation(model, protocol or reader.protocol))
            else:
                found, masks = test.recognition(protocol or reader.protocol, metric, embeddings)
                recognition.append(found)
                segmentation += [masks] if masks else []
    return Results(recognition=recognition, segmentation=segmentation)


def _take_interiors(models: Sequence[Network], source: MaskSource) -> None:
    edges = [(model, model.config) for model in models if isinstance(model, EndToEnd)]
    changed = [(model, config) for model, config in edges if isinstance(config, GaitEdgeConfig)]
    if not changed:
        raise UsageError(
            "none of the checkpoints is a GaitEdge, and only that takes its interiors from masks",
            next_step="leave --mask-source out, or give a checkpoint of method gaitedge",
        )
    for model, config in changed:
        model.config = replace(config, mask_source=source)


def _untrained(infos: Sequence[ModelInfo]) -> list[tuple[str, Network, ModelInfo]]:
    """Every recogniser of silhouettes once, with the random weights of seed 0."""
    fresh: dict[str, tuple[str, Network, ModelInfo]] = {}
    for info in infos:
        sizes = {name: value for name, value in info.sizes.items() if name != "classes"}
        key = digest_json([info.architecture, sizes])
        if key in fresh:
            continue
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = build(info.architecture, **info.sizes).eval()
        if not isinstance(model, UNet | SilhouetteNet | EndToEnd):
            fresh[key] = (UNTRAINED, model, ModelInfo(architecture=info.architecture, preset=info.preset))
    return list(fresh.values())


class _Test:
    """One checkpoint on one store."""

    def __init__(
        self, name: str, model: Network, info: ModelInfo, reader: StoreReader, where: Compute, events: Events
    ) -> None:
        self._model, self._info, self._reader, self._compute, self._events = model, info, reader, where, events
        table = reader.sequences
        self._offset = reader.pixels if isinstance(reader, OffsetReader) else 0
        self._sequences = Sequences(table.subject, table.condition, table.view)
        self._frames = ValidFrames(reader)
        self._checkpoint = Checkpoint(
            name=name,
            method=info.architecture,
            preset=info.preset,
            trained_on=list(info.trained_on),
            steps=int(info.details.get("steps", 0)),
        )

    def recognition(
        self, protocol: Protocol | None, metric: Metric, keep: Path | None
    ) -> tuple[RecognitionResult, SegmentationResult | None]:
        """Rank-k, and the masks' IoU where the network segments as well."""
        name = self._reader.name
        if protocol is None:
            raise StoreError(
                f"store {name} has no protocol, so nobody knows who is sought among whom",
                next_step="give one with --protocol NAME|FILE",
            )
        usable, notes = self._usable(rows_under_test(self._sequences, protocol, name=name))
        if self._offset:
            notes.append(f"crops are moved at random by up to {self._offset} pixels")
        if needs_masks(self._model):
            notes.append("interiors are those of the reference masks")
        found = rounds(self._sequences, usable, protocol, name=name)
        segments = isinstance(self._model, EndToEnd) and has_masks(self._reader, int(found.rows[0]))
        if needs_masks(self._model) and not segments:
            raise StoreError(
                f"store {name} has no reference masks, and {self._checkpoint.name} takes its interiors from them",
                next_step="make them with: gaitprep segment --work WORK, then align and pack again",
            )
        masks = MaskScore(self._reader) if segments else None
        embedder = Embedder(self._model, self._compute, masks.add if masks else None)
        embeddings = self._embeddings(embedder, found.rows)
        if keep is not None:
            checkpoint = self._checkpoint
            test = f"{checkpoint.method}-{digest_json(checkpoint.name)[:8]}-on-{name}"
            details = {"checkpoint": checkpoint.name, "method": checkpoint.method, "store": name}
            keep_embeddings(keep, test, embeddings, self._sequences.take(found.rows), details)
        conditions = score(embeddings, self._sequences, found, protocol, metric)
        result = RecognitionResult(
            checkpoint=self._checkpoint,
            test_set=name,
            protocol=protocol.name,
            metric=metric,
            precision=self._precision,
            offset=self._offset,
            subjects=len(np.unique(self._sequences.subject[found.rows])),
            gallery=len(found.gallery),
            conditions=conditions,
            accuracy=mean_over_conditions([condition.accuracy for condition in conditions]),
            chance=mean_over_conditions([condition.chance for condition in conditions]),
            notes=notes,
        )
        return result, self._agreement(masks, notes) if masks else None

    def _embeddings(self, embedder: Embedder, rows: Rows) -> Tensor:
        """`[m, c, p]` of rows in ascending order; the mean of its pieces stands for a long sequence."""
        total: Tensor | None = None  # one block from the start: with many sequences it is most of the memory
        pieces = torch.zeros(len(rows), 1, 1)
        for bucket in self._read(embedder.names, rows):
            found = embedder.embed(bucket)
            total = total if total is not None else torch.zeros(len(rows), *found.shape[1:])
            for place, embedding in zip(np.searchsorted(rows, bucket.rows).tolist(), found, strict=True):
                total[place] += embedding
                pieces[place] += 1
        assert total is not None
        return total.div_(pieces)

    def segmentation(self, unet: UNet | SilhouetteNet, protocol: Protocol | None) -> SegmentationResult:
        """IoU with the reference masks of all test subjects (of everyone without a protocol)."""
        name = self._reader.name
        every = np.arange(len(self._sequences))
        tested = rows_under_test(self._sequences, protocol, name=name) if protocol else every
        rows, notes = self._usable(tested)
        if not len(rows) or not has_masks(self._reader, int(rows[0])):
            raise StoreError(
                f"store {name} has no reference masks to compare with",
                next_step="make them with: gaitprep segment --work WORK, then align and pack again",
            )
        masks = MaskScore(self._reader)
        for bucket in self._read(("rgb",), rows):
            for row, frames, logits in segment(unet, bucket, self._compute):
                masks.add(row, frames, logits)
        return self._agreement(masks, notes)

    def _agreement(self, masks: MaskScore, notes: list[str]) -> SegmentationResult:
        found = masks.agreement()
        return SegmentationResult(
            checkpoint=self._checkpoint,
            test_set=self._reader.name,
            precision=self._precision,
            frames=found.frames,
            iou=found.mean,
            median=found.median,
            baseline=found.baseline,
            notes=notes,
        )

    def _usable(self, rows: Rows) -> tuple[Rows, list[str]]:
        """The rows that have a valid frame, and what must be said of the rest and of the subjects."""
        usable = np.array([row for row in rows if len(self._frames(int(row)))], dtype=np.int64)
        notes = []
        if len(usable) < len(rows):
            notes.append(f"{len(rows) - len(usable)} sequences have no valid frame and are left out")
        known = self._info.details.get("subjects")
        if self._reader.name in self._info.trained_on and isinstance(known, list):
            both = sorted({str(name) for name in self._sequences.subject[usable]} & set(known))
            if both:
                notes.append(
                    f"{len(both)} test subjects were trained on ({', '.join(both[:3])}, …), "
                    "so the numbers do not speak of strangers"
                )
        return usable, notes

    def _read(self, names: tuple[str, ...], rows: Rows) -> Iterator[Bucket]:
        self._events.begin(f"{self._checkpoint.method} on {self._reader.name}", len(rows))
        for bucket in read_buckets(self._reader, names, rows.tolist(), self._frames):
            yield bucket
            self._events.advance(len(bucket.rows))
        self._events.end()

    @property
    def _precision(self) -> str:
        return "bf16" if self._compute.bf16 else "fp32"
