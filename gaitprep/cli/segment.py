"""`gaitprep segment`: crops → reference masks."""

from __future__ import annotations

from typing import Annotated

import typer

from gaitprep.cli.options import (
    BackendOption,
    DeviceOption,
    DryRunOption,
    JsonOption,
    PartitionOption,
    PipelineOption,
    RetryFailedOption,
    SetOption,
    StrictOption,
    VerboseOption,
    WorkDirOption,
    WorkersOption,
)


def segment(
    work: WorkDirOption,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="auto: the bundled network, helped by the background where the camera is still. background: a still "
            "camera, no network. ultralytics: a segmentation network or SAM. unet: a U-Net alone.",
            show_default="auto",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="The network: bundled-fine, bundled-small or a checkpoint (auto, unet); name or path (ultralytics).",
            show_default="bundled-fine",
        ),
    ] = None,
    device: DeviceOption = "auto",
    pipeline: PipelineOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    partition: PartitionOption = "1/1",
    dry_run: DryRunOption = False,
    retry_failed: RetryFailedOption = False,
    strict: StrictOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make a reference mask of the tracked person in every crop."""
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.run.executor import Execution
    from gaitprep.segment.config import SegmentConfig
    from gaitprep.segment.resolve import resolve
    from gaitprep.segment.stage import SegmentStage
    from gaitprep.work.layout import WorkDir

    chosen = device if device != "auto" else None
    config = load_config(SegmentConfig, "segment", pipeline, settings, method=method, model=model, device=chosen)
    config, weights = resolve(config)
    folder = WorkDir(work)
    run_verb(
        SegmentStage(config, folder, weights),
        folder,
        Execution(workers, backend, partition, dry_run, retry_failed),
        json=json,
        strict=strict,
        verbose=verbose,
    )
