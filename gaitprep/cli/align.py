"""`gaitprep align`: masks → silhouettes 64×44, with validity and quality of each frame."""

from __future__ import annotations

from typing import Annotated

import typer

from gaitprep.cli.options import (
    BackendOption,
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


def align(
    work: WorkDirOption,
    width: Annotated[
        int | None, typer.Option("--width", help="Columns of a silhouette: 44, or the older 64.", show_default="44")
    ] = None,
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
    """Normalise masks to silhouettes, and judge every frame.

    Nothing is dropped: a frame that cannot be used stays as a row, marked invalid with a reason.
    """
    from gaitprep.align.config import AlignConfig
    from gaitprep.align.stage import AlignStage
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.run.executor import Execution
    from gaitprep.work.layout import WorkDir

    config = load_config(AlignConfig, "align", pipeline, settings, width=width)
    folder = WorkDir(work)
    run_verb(
        AlignStage(config, folder),
        folder,
        Execution(workers, backend, partition, dry_run, retry_failed),
        json=json,
        strict=strict,
        verbose=verbose,
    )
