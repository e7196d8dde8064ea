"""One run from rendered crops to a segmenter."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from gaitprep.models.checkpoint import ModelInfo, save_model
from gaitprep.models.compute import compute
from gaitprep.models.registry import build
from gaitprep.run.events import Events
from gaitprep.train.average import Averaged
from gaitprep.train.config import SegmenterConfig
from gaitprep.train.crops import CropBatches, CropSampler, Pool
from gaitprep.train.folder import RunFolder, read_log
from gaitprep.train.loop import Execution, run
from gaitprep.train.runner import Outcome, last_loss
from gaitprep.train.segmenter import SegmenterPhase

_VERSION = 2
"""Raised whenever the same request would give another network."""


@dataclass(frozen=True)
class SegmenterRequest:
    """What is asked for.

    Attributes:
        config: settings of the phase; preset: the name of the preset that they come from.
        crops, held_out: what to train on and to be judged by.
        seed: of weights, order and variation.
    """

    config: SegmenterConfig
    preset: str
    crops: Pool
    held_out: Pool
    seed: int = 0


def train_segmenter(
    request: SegmenterRequest,
    out: Path,
    execution: Execution,
    events: Events,
    *,
    render: Callable[[], None] = lambda: None,
    fresh: bool = False,
) -> Outcome:
    """Trains a segmenter, or goes on with a run that was interrupted.

    Args:
        request: what to train.
        out: the run's folder.
        execution: how to carry it out.
        events: where progress goes.
        render: makes the crops; called when it is known that they are needed.
        fresh: discard a run of other settings that lies in `out`.

    Raises:
        TrainingError: `out` holds another run, or a loss is not finite.
        UsageError: an impossible setting.
    """
    begin = time.monotonic()
    config = request.config
    torch.manual_seed(request.seed)
    network = build(config.architecture, **config.network)
    folder = RunFolder(out)
    wanted = {
        "version": _VERSION,
        "phase": "segmenter",
        "preset": request.preset,
        "seed": request.seed,
        "settings": config.model_dump(mode="json"),
        "crops": request.crops.digest,
        "held_out": request.held_out.digest,
    }
    if folder.open(wanted, fresh=fresh) == "finished":
        return Outcome(folder.model, config.steps, config.steps, last_loss(folder), time.monotonic() - begin)
    render()
    where = compute(execution.device, config.precision)
    model = Averaged(network, config.average).to(where.device)
    sampler = CropSampler(request.crops.count, config.images, request.seed)
    batches = CropBatches(request.crops, sampler, config, request.seed)
    phase = SegmenterPhase("segmenter", config, model, batches, where, request.held_out)
    events.say(f"segmenter of {request.crops.count} crops, preset {request.preset}, {config.method}, {where}")
    start = run(phase, folder, execution, events)
    save_model(folder.model, model.average, _info(request, folder, phase))
    return Outcome(folder.model, config.steps, start, last_loss(folder), time.monotonic() - begin)


def _info(request: SegmenterRequest, folder: RunFolder, phase: SegmenterPhase) -> ModelInfo:
    judged = [line for line in read_log(folder.log) if "median_iou" in line]
    details = {
        "phase": "segmenter",
        "steps": request.config.steps,
        "seed": request.seed,
        "precision": "bf16" if phase.compute.bf16 else "fp32",
        "crops": request.crops.digest,
        "held_out_median_iou": judged[-1]["median_iou"] if judged else None,
        "settings": request.config.model_dump(mode="json"),
    }
    return ModelInfo(preset=request.preset, trained_on=("rendered crops",), details=details)
