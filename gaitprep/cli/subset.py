"""`gaitprep subset`: some sequences of a store → a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption, VerboseOption, WorkersOption

_LABELS = "may be repeated, or several with commas; patterns such as nm-* as well"


def subset(
    store: Annotated[str, typer.Argument(help="The store to take from, a folder or URL.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="The store to write, a folder.", show_default=False)],
    subjects: Annotated[
        list[str] | None, typer.Option("--subjects", help=f"Subjects, or ranges (001-074); {_LABELS}.")
    ] = None,
    conditions: Annotated[list[str] | None, typer.Option("--conditions", help=f"Conditions; {_LABELS}.")] = None,
    views: Annotated[list[str] | None, typer.Option("--views", help=f"Views; {_LABELS}.")] = None,
    min_valid_frames: Annotated[int, typer.Option("--min-valid-frames", min=0, help="Valid frames of a sequence.")] = 0,
    min_quality: Annotated[
        float, typer.Option("--min-quality", min=0, max=1, help="Mean quality of a sequence's valid frames.")
    ] = 0.0,
    arrays: Annotated[
        list[str] | None, typer.Option("--arrays", help="Arrays to keep; frame and valid always are.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the domain.", show_default="the source's name")
    ] = None,
    workers: WorkersOption = 0,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Write chosen sequences of a store into a new one.

    Whatever is interrupted is taken up by the same command again.
    """
    from gaitprep.cli.restack import restack
    from gaitprep.pack.choose import Choice
    from gaitprep.pack.restack import RestackConfig, Source
    from gaitprep.store.reader import open_store

    reader = open_store(store)
    choice = Choice(split(subjects), split(conditions), split(views), min_valid_frames, min_quality)
    rows = choice.rows(reader)
    config = RestackConfig(verb="subset", name=name or reader.name, arrays=split(arrays), choice=choice.as_json())
    restack(config, [Source(store, tuple(rows))], out, workers=workers, json=json, verbose=verbose)


def split(values: list[str] | None) -> tuple[str, ...]:
    """Values of an option that may be repeated or hold commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())
