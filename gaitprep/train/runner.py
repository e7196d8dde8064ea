"""One run from a store to a checkpoint: puts a phase together, trains it, publishes the network."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gaitprep.errors import TrainingError
from gaitprep.models.checkpoint import ModelInfo, read_info, save_model
from gaitprep.models.compute import compute
from gaitprep.models.device import resolve_device
from gaitprep.models.registry import Network
from gaitprep.run.digest import digest_json
from gaitprep.run.events import Events
from gaitprep.store.offset import OffsetReader
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.train import joint, recognition, segmentation
from gaitprep.train.batches import Batches
from gaitprep.train.config import ClipConfig, JointConfig, PhaseConfig, PhaseName, RecognitionConfig, SegmentationConfig
from gaitprep.train.folder import RunFolder, Standing, read_log
from gaitprep.train.joined import join_norms
from gaitprep.train.loop import Execution, run
from gaitprep.train.network import Parts, build_network, check_method
from gaitprep.train.phase import Phase
from gaitprep.train.ranks import Ranks, ranks
from gaitprep.train.sampler import ClipSampler, ImageSampler, Sampler
from gaitprep.train.sequences import TrainingSequences, training_sequences

VERSION = 4
"""Raised whenever the same request would give another network."""

_MASKS_LOOKED_AT = 32


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        phase: which phase.
        config: its settings.
        preset: the name of the preset that they come from.
        store: what to train on.
        seed: of weights and draws.
        parts: trained networks that it starts from.
    """

    phase: PhaseName
    config: PhaseConfig
    preset: str
    store: Path
    seed: int = 0
    parts: Parts | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of it.

    Attributes:
        checkpoint: the published network.
        steps: how many steps it has.
        resumed_from: the step that this call went on from; equal to `steps` when there was nothing to do.
        loss: mean over the last steps (at most 20); None without a log.
        seconds: that this call took.
    """

    checkpoint: Path
    steps: int
    resumed_from: int
    loss: float | None
    seconds: float = 0.0


def train(request: Request, out: Path, execution: Execution, events: Events, *, fresh: bool = False) -> Outcome:
    """Trains a network, or goes on with a run that was interrupted.

    Args:
        request: what to train.
        out: the run's folder.
        execution: how to carry it out.
        events: where progress goes.
        fresh: discard a run of other settings that lies in `out`.

    Raises:
        TrainingError: the store is too small or has no masks, `out` holds another run, or a loss is not finite.
        CheckpointError: a network that it should start from does not fit.
        StoreError: the store cannot be read.
        UsageError: an impossible setting.
    """
    begin = time.monotonic()
    with ranks(resolve_device(execution.device)) as group:
        outcome = _train(request, out, execution, events, group, fresh=fresh)
    return replace(outcome, seconds=time.monotonic() - begin)


def _train(request: Request, out: Path, execution: Execution, events: Events, group: Ranks, *, fresh: bool) -> Outcome:
    check_method(request.config)
    reader = open_store(request.store)
    sequences = training_sequences(reader)
    arrays = _arrays(request.config)
    reader.require(arrays)
    if isinstance(request.config, JointConfig) and request.config.offset:
        reader = OffsetReader(reader, request.config.offset, request.seed)
    sampler = _sampler(request, sequences)
    if "mask" in arrays:
        _check_masks(reader, sequences)
    model = build_network(request.config, subjects=sequences.subjects, seed=request.seed, parts=request.parts)
    domains = _domains(request, reader)
    folder, steps = RunFolder(out), request.config.steps
    if _open(folder, _as_json(request, reader, arrays), group, fresh=fresh) == "finished":
        return Outcome(folder.model, steps, steps, last_loss(folder))
    clips = isinstance(request.config, ClipConfig)
    device = resolve_device(execution.device)
    batches = Batches(reader, sequences, sampler, arrays, clips=clips, ranks=group, device=device)
    phase = _phase(request.config, model, batches, execution.device, group)
    together = f", {group.size} processes" if group.size > 1 else ""
    events.say(
        f"{request.phase} of {model.config.architecture} on {reader.name}: {len(sequences.subjects)} subjects, "
        f"{len(sequences.rows)} sequences, preset {request.preset}, {phase.compute}{together}"
    )
    start = run(phase, folder, execution, events)
    if group.leads:
        save_model(folder.model, model, _info(request, domains, sequences, phase))
    group.wait()
    return Outcome(folder.model, steps, start, last_loss(folder))


def _open(folder: RunFolder, request: dict[str, Any], group: Ranks, *, fresh: bool) -> Standing:
    """Opens the folder in the leading process first; the others find what it made."""
    standing: Standing | None = folder.open(request, fresh=fresh) if group.leads else None
    group.wait()
    return standing or folder.open(request, fresh=False)


def _arrays(config: PhaseConfig) -> tuple[str, ...]:
    if isinstance(config, SegmentationConfig):
        return segmentation.ARRAYS
    return recognition.ARRAYS if isinstance(config, RecognitionConfig) else joint.ARRAYS


def _sampler(request: Request, sequences: TrainingSequences) -> Sampler:
    config = request.config
    if isinstance(config, SegmentationConfig):
        return ImageSampler(sequences, images=config.images, seed=request.seed)
    assert isinstance(config, ClipConfig)
    return ClipSampler(
        sequences,
        phase=request.phase,
        subjects=config.subjects,
        per_subject=config.sequences,
        frames=config.frames,
        skip=config.skip,
        ordered=config.ordered,
        seed=request.seed,
    )


def _phase(config: PhaseConfig, model: Network, batches: Batches, device: str, group: Ranks) -> Phase[Any]:
    where = compute(device, config.precision)
    model.to(where.device)
    assert isinstance(config, SegmentationConfig | ClipConfig)
    if group.size > 1 and not config.chunk:  # statistics of a chunk are no matter of other processes
        join_norms(model)
    if isinstance(config, SegmentationConfig):
        return segmentation.Segmentation("segmentation", config, model, batches, where, ranks=group)
    if isinstance(config, RecognitionConfig):
        return recognition.Recognition("recognition", config, model, batches, where, ranks=group)
    assert isinstance(config, JointConfig)
    return joint.Joint("joint", config, model, batches, where, ranks=group)


def _check_masks(reader: StoreReader, sequences: TrainingSequences) -> None:
    """Some masks of the first sequence must show somebody."""
    frames = sequences.frames[0][:_MASKS_LOOKED_AT]
    if not reader.take("mask", int(sequences.rows[0]), frames).any():
        raise TrainingError(
            f"store {reader.name} has no reference masks",
            cause="the masks of its first training sequence are empty",
            next_step="make them with: gaitprep segment --work WORK, then align and pack again",
        )


def _as_json(request: Request, reader: StoreReader, arrays: tuple[str, ...]) -> dict[str, Any]:
    """Everything that the outcome depends on; no paths and no clocks."""
    used = ("valid", "sequences", *arrays)
    objects = {key: item.digest for key, item in reader.inventory.items() if key.split("/")[0] in used}
    protocol = reader.protocol.model_dump(mode="json") if reader.protocol else None
    return {
        "version": VERSION,
        "phase": request.phase,
        "preset": request.preset,
        "seed": request.seed,
        "settings": request.config.model_dump(mode="json"),
        "store": {"name": reader.name, "digest": digest_json([objects, protocol])},
        "parts": request.parts.digests() if request.parts else {},
    }


def _domains(request: Request, reader: StoreReader) -> tuple[str, ...]:
    """All that the network has seen once it is trained; read before, since what it starts from may be gone by then."""
    starts = request.parts.paths.values() if request.parts else ()
    seen = dict.fromkeys(domain for path in starts for domain in read_info(path).trained_on)
    return tuple(seen | {reader.name: None})


def _info(request: Request, domains: tuple[str, ...], sequences: TrainingSequences, phase: Phase[Any]) -> ModelInfo:
    details = {
        "phase": request.phase,
        "steps": request.config.steps,
        "seed": request.seed,
        "precision": "bf16" if phase.compute.bf16 else "fp32",
        "subjects": sequences.subjects,
        "settings": request.config.model_dump(mode="json"),
    }
    return ModelInfo(preset=request.preset, trained_on=domains, details=details)


def last_loss(folder: RunFolder) -> float | None:
    """Mean over the last steps of the log, at most 20; None without a log."""
    last = deque((float(line["loss"]) for line in read_log(folder.log)), maxlen=20)
    return sum(last) / len(last) if last else None
