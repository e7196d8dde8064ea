"""The command line as a whole: verbs in the order of the pipeline, and how errors end."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Annotated

import typer

import gaitprep
from gaitprep.errors import GaitprepError

VERBS = {
    "synth": "synth",
    "scan": "scan",
    "track": "track",
    "segment": "segment",
    "align": "align",
    "score": "score",
    "pack": "pack",
    "import": "import_",
    "export": "export",
    "subset": "subset",
    "merge": "merge",
    "train": "train",
    "import-checkpoint": "import_checkpoint",
    "evaluate": "evaluate",
    "experiment": "experiment",
    "report": "report",
    "verify": "verify",
    "info": "info",
    "status": "status",
    "doctor": "doctor",
}

app = typer.Typer(
    name="gaitprep",
    help="From raw pedestrian video to gait-recognition training sets, and the GaitEdge family trained on them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gaitprep {gaitprep.__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for _name, _module in VERBS.items():
    _verb = getattr(importlib.import_module(f"gaitprep.cli.{_module}"), _module)
    if isinstance(_verb, typer.Typer):
        app.add_typer(_verb, name=_name)
    else:
        app.command(_name)(_verb)


def main() -> None:
    """Entry point. Foreseeable faults end in two lines and an exit code, never in a traceback."""
    try:
        app()
    except GaitprepError as error:
        print(f"gaitprep: {error.fact}", file=sys.stderr)
        if error.cause:
            print(f"  cause: {error.cause}", file=sys.stderr)
        if error.next_step:
            print(f"  next: {error.next_step}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our stdout (head, less) has gone; what is left to flush has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(f"gaitprep: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
