"""`gaitprep report`: pictures that a person can judge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import (
    BackendOption,
    DryRunOption,
    JsonOption,
    SetOption,
    VerboseOption,
    WorkDirOption,
    WorkersOption,
)

report = typer.Typer(help="Draw contact sheets and annotated previews of a work folder.", no_args_is_help=True)

LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="So many videos, evenly spread.", show_default="all")
]


@report.command("sheets")
def sheets(
    work: WorkDirOption,
    limit: LimitOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """A contact sheet PNG per sequence: crops, mask overlays, silhouettes; unusable frames in red with the reason."""
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.report.config import SheetConfig
    from gaitprep.report.sheets import SheetStage
    from gaitprep.run.executor import Execution
    from gaitprep.work.layout import WorkDir

    folder = WorkDir(work)
    stage = SheetStage(load_config(SheetConfig, "report.sheets", None, settings), folder, limit)
    run_verb(stage, folder, Execution(workers, backend, dry_run=dry_run), json=json, verbose=verbose)


@report.command("preview")
def preview(
    work: WorkDirOption,
    limit: LimitOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """The source videos with boxes, identities and masks drawn in."""
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.report.config import PreviewConfig
    from gaitprep.report.preview import PreviewStage
    from gaitprep.run.executor import Execution
    from gaitprep.work.layout import WorkDir

    folder = WorkDir(work)
    stage = PreviewStage(load_config(PreviewConfig, "report.preview", None, settings), folder, limit)
    run_verb(stage, folder, Execution(workers, backend, dry_run=dry_run), json=json, verbose=verbose)


@report.command("overview")
def overview(
    work: WorkDirOption,
    rows: Annotated[int, typer.Option("--rows", min=1, max=100, help="Sequences, spread over the folder.")] = 6,
    columns: Annotated[int, typer.Option("--columns", min=1, max=60, help="Frames of each.")] = 12,
    out: Annotated[
        Path | None, typer.Option("--out", help="The PNG.", show_default="WORK/pictures/overview.png")
    ] = None,
) -> None:
    """One PNG of the whole folder: crops, masks and silhouettes of several sequences. Prints its path."""
    from gaitprep.report.overview import write_overview
    from gaitprep.work.layout import WorkDir

    typer.echo(write_overview(WorkDir(work), rows, columns, out))
