"""`gaitprep track`: videos → tracklets and crops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from gaitprep.cli.scan import DatasetOption

if TYPE_CHECKING:
    from gaitprep.manifest.records import VideoRecord


def track(
    source: Annotated[
        Path, typer.Argument(help="A folder of videos, one video, or a manifest (.parquet, .csv).", show_default=False)
    ],
    work: WorkDirOption,
    dataset: DatasetOption = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Ultralytics detection model, by name or path.", show_default="yolov8n.pt"),
    ] = None,
    image_size: Annotated[
        str | None,
        typer.Option(
            "--image-size", help="Long side of the picture that the network sees, pixels.", show_default="auto"
        ),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Also draw boxes and identities into copies of the videos.")
    ] = False,
    pipeline: PipelineOption = None,
    settings: SetOption = None,
    device: DeviceOption = "auto",
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    partition: PartitionOption = "1/1",
    dry_run: DryRunOption = False,
    retry_failed: RetryFailedOption = False,
    strict: StrictOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Find people, follow them, choose tracklets, and cut out crops of 128×128.

    The list of videos is kept in WORK/manifest.parquet, the result of each in WORK/track/.
    """
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.manifest.table import write_manifest
    from gaitprep.run.executor import Execution
    from gaitprep.track.config import TrackConfig
    from gaitprep.track.resolve import resolve
    from gaitprep.track.stage import TrackStage
    from gaitprep.work.layout import WorkDir

    flags = {"model": model, "image_size": image_size, "device": None if device == "auto" else device}
    config = load_config(TrackConfig, "track", pipeline, settings, **flags)
    records = list_videos(source, dataset)
    config, weights = resolve(config)
    folder = WorkDir(work)
    execution = Execution(workers, backend, partition, dry_run, retry_failed)
    if not dry_run:
        write_manifest(folder.manifest, records)
    stage = TrackStage(config, folder, records, weights.path)
    run_verb(stage, folder, execution, json=json, strict=strict, verbose=verbose)
    if preview and not dry_run:
        from gaitprep.report.config import PreviewConfig
        from gaitprep.report.preview import PreviewStage

        run_verb(
            PreviewStage(PreviewConfig.model_validate({}), folder), folder, Execution(workers, backend), verbose=verbose
        )


def list_videos(source: Path, dataset: str | None) -> list[VideoRecord]:
    """The videos of a folder, a file or a manifest, with absolute paths.

    Raises:
        ManifestError: there is nothing at `source`, or it cannot be read as a table.
        UsageError: a data set is named for a manifest, which has labels of its own.
    """
    from dataclasses import replace

    from gaitprep.errors import UsageError
    from gaitprep.manifest.protocol import load_protocol
    from gaitprep.manifest.scan import scan
    from gaitprep.manifest.table import SUFFIXES, read_manifest

    if source.suffix in SUFFIXES:
        if dataset:
            raise UsageError(
                f"--dataset {dataset} does not go with the manifest {source}",
                cause="a manifest has its labels in its columns",
                next_step="leave out --dataset",
            )
        # Relative paths would count from the folder of the manifest that is written next.
        return [replace(record, path=record.path.absolute()) for record in read_manifest(source)]
    return scan(source, load_protocol(dataset) if dataset else None).records
