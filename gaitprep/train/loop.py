"""The one training loop."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import torch

from gaitprep.errors import CheckpointError
from gaitprep.run.events import Events
from gaitprep.train.config import ClipConfig
from gaitprep.train.folder import RunFolder
from gaitprep.train.guard import check_gradients
from gaitprep.train.heap import freed_memory_kept
from gaitprep.train.journal import journal
from gaitprep.train.phase import Phase
from gaitprep.train.state import load_state, save_state, states


@dataclass(frozen=True)
class Execution:
    """How a run is carried out; nothing here changes its outcome.

    Attributes:
        device: `auto`, `cpu`, `cuda` or `mps`.
        checkpoint_seconds: a state is saved when the last one is this old; 0 for every step.
        tensorboard: whether the log is also written for TensorBoard.
        readers: threads that read batches ahead.
    """

    device: str = "auto"
    checkpoint_seconds: float = 60.0
    tensorboard: bool = False
    readers: int = 1


def run(phase: Phase[Any], folder: RunFolder, execution: Execution, events: Events) -> int:
    """Trains a phase to its last step, from the newest state in the folder if there is one.

    Returns:
        The step that it went on from.

    Raises:
        TrainingError: a loss or a gradient is not finite; nothing of that step is kept.
        StoreError: the store cannot be read.
    """
    key, ranks = folder.key(), phase.ranks
    unit = "clips" if isinstance(phase.config, ClipConfig) else "images"
    optimiser = phase.optimiser()
    rates = [float(group["lr"]) for group in optimiser.param_groups]
    start = _resume(phase, folder, optimiser, key, events)
    ranks.wait()  # nobody may still be reading a state when the first one clears old states away
    phase.model.train()
    last_save = time.monotonic()
    events.begin(phase.name, phase.config.steps)
    events.advance(start)
    with (
        freed_memory_kept(),
        journal(folder, start, ranks, tensorboard=execution.tensorboard) as log,
        closing(phase.batches.stream(start, phase.config.steps, execution.readers)) as stream,
    ):
        begin = time.perf_counter()
        for batch, waited in stream:
            factor = phase.config.rate_factor(batch.step)
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            optimiser.zero_grad(set_to_none=True)
            values = phase.backward(batch)
            ranks.sum_gradients(phase.model.parameters())
            ranks.average_statistics(phase.model)
            norm = check_gradients(phase.name, phase.config.rate, phase.model, batch.step)
            optimiser.step()
            found = phase.stepped(batch.step + 1)
            now = time.perf_counter()
            seconds, begin = now - begin, now
            log.write(
                {
                    "step": batch.step,
                    **values,
                    "gradient": norm,
                    "rate": optimiser.param_groups[-1]["lr"],
                    "seconds": round(seconds, 4),
                    "waited": round(waited, 4),
                    **found,
                }
            )
            speed = f"{len(batch.labels) * ranks.size / max(seconds, 1e-9):.0f} {unit}/s"
            share = 100 * waited / max(seconds, 1e-9)
            events.advance(note=f"loss {values['loss']:.3f} · {speed} · data {share:.0f} %")
            done = batch.step + 1
            due = done == phase.config.steps or time.monotonic() - last_save >= execution.checkpoint_seconds
            if due and ranks.leads:
                log.sync()
                sampler = phase.batches.sampler.state(done)
                save_state(folder.states, done, phase.model, optimiser, sampler=sampler, key=key)
                last_save = time.monotonic()
    events.end()
    return start


def _resume(phase: Phase[Any], folder: RunFolder, optimiser: torch.optim.Optimizer, key: str, events: Events) -> int:
    for path in reversed(states(folder.states)):
        try:
            sampler = load_state(path, phase.model, optimiser, key=key)
        except CheckpointError as error:
            events.say(f"{error}; going on from the one before")
            continue
        step = phase.batches.sampler.resume(sampler)
        events.say(f"{phase.name}: going on from step {step} of {phase.config.steps}")
        return step
    return 0
