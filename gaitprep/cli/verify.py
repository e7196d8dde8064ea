"""`gaitprep verify`: is a store what it says it is?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption


def verify(
    store: Annotated[Path, typer.Argument(help="A store.", show_default=False)],
    fast: Annotated[bool, typer.Option("--fast", help="Presence and sizes only; nothing is read.")] = False,
    json: JsonOption = False,
) -> None:
    """Check every object of a store against its inventory.

    Exit code 5 when anything is missing, altered or left over.
    """
    import json as json_module

    from gaitprep.errors import StoreError
    from gaitprep.store.verify import verify as check

    report = check(store, fast)
    if json:
        typer.echo(json_module.dumps(report.as_json(), indent=2))
    else:
        for problem in report.problems:
            typer.echo(f"{problem.key}\t{problem.fault}\t{problem.detail}")
        what = "sizes" if fast else "contents"
        verdict = "whole" if report.whole else f"{len(report.problems)} problems"
        print(f"{store}: {what} of {report.objects} objects, {report.bytes} bytes: {verdict}", file=sys.stderr)
    if not report.whole:
        raise typer.Exit(StoreError.exit_code)
