"""`gaitprep train`: a store, or rendered crops → a trained network."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import DeviceOption, JsonOption, PipelineOption, SetOption, WorkersOption


class Phase(StrEnum):
    """The phases of training."""

    SEGMENTATION = "segmentation"
    RECOGNITION = "recognition"
    JOINT = "joint"
    SEGMENTER = "segmenter"


def train(
    phase: Annotated[
        Phase,
        typer.Argument(
            help="segmentation: the U-Net. recognition: a network on silhouettes. joint: both as one, from RGB. "
            "segmenter: masks of real people, on rendered crops (no store needed).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="The run's folder: model.safetensors, log.jsonl, config.json, state/.", show_default=False
        ),
    ],
    store: Annotated[
        Path | None, typer.Option("--store", help="The store to train on; none for segmenter.", show_default=False)
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            help="cpu: a small network, in minutes on two cores. paper: the papers' numbers. bundled: segmenter's. "
            "Or a YAML file.",
            show_default="cpu; bundled for segmenter",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="recognition: gaitgl, gaitgl-large, gaitset, gaitpart. joint: gaitedge, gaitgl-e2e. "
            "segmenter: small, wide, fine.",
            show_default="of the preset",
        ),
    ] = None,
    segmentation: Annotated[
        str | None,
        typer.Option(
            "--segmentation",
            help="Checkpoint of a U-Net to start from, or bundled-small for the one that ships. Joint needs it; "
            "segmentation trains it further, in its size.",
            show_default=False,
        ),
    ] = None,
    recognition: Annotated[
        Path | None,
        typer.Option(
            "--recognition",
            help="Checkpoint of a recogniser to start from. Joint needs it; recognition trains it further, in "
            "its size, on these or other subjects.",
            show_default=False,
        ),
    ] = None,
    crops: Annotated[
        Path | None,
        typer.Option(
            "--crops",
            help="segmenter: where crops are rendered to, for several runs to share.",
            show_default="OUT-crops",
        ),
    ] = None,
    backgrounds: Annotated[
        Path | None,
        typer.Option(
            "--backgrounds", help="segmenter: further backgrounds, from make backgrounds.", show_default="none"
        ),
    ] = None,
    workers: WorkersOption = 0,
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
    readers: Annotated[
        int,
        typer.Option(
            "--readers",
            min=1,
            help="Threads that read batches ahead; more help with stores behind URLs.",
            rich_help_panel="How the work is carried out",
        ),
    ] = 1,
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
    from gaitprep.train.config import SegmenterConfig, TrainSettings
    from gaitprep.train.loop import Execution
    from gaitprep.train.preset import phase_config

    rendered = phase is Phase.SEGMENTER
    chosen = load_config(TrainSettings, "train", pipeline, settings, preset=preset, seed=seed)
    if rendered and "preset" not in chosen.model_fields_set:
        chosen = chosen.model_copy(update={"preset": "bundled"})
    if phase is Phase.SEGMENTATION and method not in (None, "unet"):
        raise UsageError(f"segmentation trains the U-Net, not {method!r}", next_step="leave --method out")
    for option, value in (("segmentation", segmentation), ("recognition", recognition)):
        if value and phase.value not in (option, "joint"):
            raise UsageError(
                f"{phase.value} cannot start from a network of the phase {option}", next_step=f"leave --{option} out"
            )
    if rendered != (store is None):
        raise UsageError(
            "the phase segmenter trains on rendered crops, not on a store" if rendered else "there is no store",
            next_step="leave --store out" if rendered else "give one with --store",
        )
    if rendered and os.environ.get("WORLD_SIZE", "1") != "1":
        raise UsageError("the phase segmenter runs in one process", next_step="start it without torchrun")
    if not rendered and (crops or backgrounds):
        raise UsageError("--crops and --backgrounds are for the phase segmenter", next_step="leave them out")
    wanted = method if phase is not Phase.SEGMENTATION else None
    config = phase_config(phase.value, chosen, method=wanted, steps=steps)
    execution = Execution(device, checkpoint_every, tensorboard, readers)
    leads = os.environ.get("RANK", "0") == "0"
    with Events(quiet=json or not leads) as events:
        if isinstance(config, SegmenterConfig):
            from gaitprep.cli.segmenter import train_on_rendered

            outcome = train_on_rendered(
                config,
                chosen.preset,
                chosen.seed,
                out,
                crops=crops,
                backgrounds=backgrounds,
                workers=workers,
                execution=execution,
                events=events,
                fresh=fresh,
            )
        else:
            from gaitprep.train.network import Parts
            from gaitprep.train.runner import Request
            from gaitprep.train.runner import train as train_network

            assert store is not None
            parts = Parts(_unet(segmentation) if segmentation else None, recognition)
            request = Request(phase.value, config, chosen.preset, store, chosen.seed, parts)
            outcome = train_network(request, out, execution, events, fresh=fresh)
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


def _unet(given: str) -> Path:
    """The checkpoint that `--segmentation` means."""
    from gaitprep.segment.bundled import named_weights

    return named_weights(given) or Path(given)
