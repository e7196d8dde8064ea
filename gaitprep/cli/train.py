"""`gaitprep train`: a store → a trained network."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import DeviceOption, JsonOption, PipelineOption, SetOption


class Phase(StrEnum):
    """The phases of training."""

    SEGMENTATION = "segmentation"
    RECOGNITION = "recognition"
    JOINT = "joint"


def train(
    phase: Annotated[
        Phase,
        typer.Argument(
            help="segmentation: the U-Net. recognition: a network on silhouettes. joint: both as one, from RGB.",
            show_default=False,
        ),
    ],
    store: Annotated[Path, typer.Option("--store", help="The store to train on.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="The run's folder: model.safetensors, log.jsonl, config.json, state/.", show_default=False
        ),
    ],
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            help="cpu: a small network, in minutes on two cores. paper: the papers' numbers. Or a YAML file.",
            show_default="cpu",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="recognition: gaitgl, gaitgl-large, gaitset, gaitpart. joint: gaitedge, gaitgl-e2e.",
            show_default="of the preset",
        ),
    ] = None,
    segmentation: Annotated[
        Path | None,
        typer.Option("--segmentation", help="joint: checkpoint of the trained U-Net.", show_default=False),
    ] = None,
    recognition: Annotated[
        Path | None,
        typer.Option("--recognition", help="joint: checkpoint of the trained recogniser.", show_default=False),
    ] = None,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="Optimiser steps.", show_default="of the preset")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Of weights and draws.", show_default="0")] = None,
    pipeline: PipelineOption = None,
    settings: SetOption = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Discard a run of other settings or data that lies in --out.")
    ] = False,
    checkpoint_every: Annotated[
        float,
        typer.Option(
            "--checkpoint-every",
            min=0,
            help="Seconds after which the state is saved; a killed run goes on from there.",
            rich_help_panel="How the work is carried out",
        ),
    ] = 60.0,
    tensorboard: Annotated[
        bool,
        typer.Option(
            "--tensorboard",
            help="Also write the log for TensorBoard, to --out/tensorboard.",
            rich_help_panel="How the work is carried out",
        ),
    ] = False,
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> None:
    """Train a network. A finished run is left alone; a killed one goes on where its last state was saved.

    Settings are those of the preset; --set changes one, e.g. --set recognition.rate=0.001. Several processes share
    the work under torchrun: torchrun --nproc-per-node 2 -m gaitprep train …
    """
    import json as json_module

    from gaitprep.cli.settings import load_config
    from gaitprep.errors import UsageError
    from gaitprep.run.events import Events
    from gaitprep.train.config import TrainSettings
    from gaitprep.train.loop import Execution
    from gaitprep.train.network import Parts
    from gaitprep.train.preset import phase_config
    from gaitprep.train.runner import Request
    from gaitprep.train.runner import train as train_network

    chosen = load_config(TrainSettings, "train", pipeline, settings, preset=preset, seed=seed)
    if phase is Phase.SEGMENTATION and method not in (None, "unet"):
        raise UsageError(f"segmentation trains the U-Net, not {method!r}", next_step="leave --method out")
    given = (segmentation, recognition)
    if phase is not Phase.JOINT and any(given):
        raise UsageError("--segmentation and --recognition are for joint training", next_step="leave them out")
    parts = Parts(segmentation, recognition) if segmentation and recognition else None
    wanted = method if phase is not Phase.SEGMENTATION else None
    request = Request(
        phase=phase.value,
        config=phase_config(phase.value, chosen, method=wanted, steps=steps),
        preset=chosen.preset,
        store=store,
        seed=chosen.seed,
        parts=parts,
    )
    leads = os.environ.get("RANK", "0") == "0"
    with Events(quiet=json or not leads) as events:
        outcome = train_network(request, out, Execution(device, checkpoint_every, tensorboard), events, fresh=fresh)
    if not leads:
        return
    if json:
        summary = {
            "phase": phase.value,
            "preset": chosen.preset,
            "checkpoint": str(outcome.checkpoint),
            "steps": outcome.steps,
            "resumed_from": outcome.resumed_from,
            "loss": outcome.loss,
            "seconds": round(outcome.seconds, 3),
        }
        typer.echo(json_module.dumps(summary, indent=2))
        return
    loss = "" if outcome.loss is None else f", loss {outcome.loss:.4f}"
    if outcome.resumed_from == outcome.steps:
        words = f"nothing to do, {out} holds this very run ({outcome.steps} steps{loss}, preset {chosen.preset})"
    else:
        done = outcome.steps - outcome.resumed_from
        words = f"{done} steps in {outcome.seconds:.0f} s{loss}, preset {chosen.preset} → {outcome.checkpoint}"
    print(f"{phase.value}: {words}", file=sys.stderr)
