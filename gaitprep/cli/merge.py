"""`gaitprep merge`: several stores → one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption, VerboseOption, WorkersOption


def merge(
    stores: Annotated[list[str], typer.Argument(help="Two stores or more, folders or URLs.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="The store to write, a folder.", show_default=False)],
    subjects: Annotated[
        str,
        typer.Option(
            "--subjects",
            help="Equal names in two stores are: refuse (ask), same (one person), apart (different people).",
        ),
    ] = "refuse",
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the domain.", show_default="the store's name")
    ] = None,
    workers: WorkersOption = 0,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Write the sequences of several stores, one behind the other, into a new one.

    It has the arrays that all of them have. With --subjects apart, subjects and videos get the name of their domain
    before them: indoor/001.
    """
    from gaitprep.cli.restack import restack
    from gaitprep.errors import UsageError
    from gaitprep.pack.restack import RestackConfig, Source
    from gaitprep.store.reader import open_store

    if subjects not in ("refuse", "same", "apart"):
        raise UsageError(f"--subjects {subjects} is none of refuse, same, apart")
    if len(stores) < 2:
        raise UsageError("one store alone cannot be merged", next_step="name two or more, or use gaitprep subset")
    sources = [Source(store, tuple(range(len(open_store(store).sequences)))) for store in stores]
    config = RestackConfig.model_validate({"verb": "merge", "name": name or out.stem, "subjects": subjects})
    restack(config, sources, out, workers=workers, json=json, verbose=verbose)
