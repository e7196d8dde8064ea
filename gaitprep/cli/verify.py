"""`gaitprep verify`: is a store what it says it is?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption


def verify(
    store: Annotated[str, typer.Argument(help="A store, a folder or URL.", show_default=False)],
    fast: Annotated[bool, typer.Option("--fast", help="Presence and sizes only; no shard is read.")] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Read only files that have changed since they were last found whole.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Remarks count as problems.")] = False,
    json: JsonOption = False,
) -> None:
    """Check every object of a store against its inventory, and whether its content can be.

    Problems are what is missing, altered, left over or contradicts itself, and equal sequences on both sides of the
    split. Remarks are equal, empty and frozen sequences, and videos with people of both sides. Exit code 5 when there
    are problems.
    """
    import json as json_module

    from gaitprep.errors import StoreError, UsageError
    from gaitprep.store.memory import Memory, memory_folder
    from gaitprep.store.verify import verify as check

    if fast and incremental:
        raise UsageError("--fast and --incremental exclude each other", next_step="--fast reads no shard anyway")
    report = check(store, fast, memory=Memory(memory_folder()) if incremental else None)
    if json:
        typer.echo(json_module.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        for problem in [*report.problems, *report.remarks]:
            typer.echo(f"{problem.key}\t{problem.fault}\t{problem.detail}")
        what = "sizes" if fast else "contents"
        verdict = "whole" if report.whole else f"{len(report.problems)} problems"
        verdict += f", {len(report.remarks)} remarks" if report.remarks else ""
        verdict += f" ({report.reused} unchanged since they were last found whole)" if report.reused else ""
        print(f"{store}: {what} of {report.objects} objects, {report.bytes} bytes: {verdict}", file=sys.stderr)
    if not report.whole or (strict and report.remarks):
        raise typer.Exit(StoreError.exit_code)
