"""Options that several verbs share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXECUTION = "How the work is carried out"

WorkDirOption = Annotated[
    Path, typer.Option("--work", help="Work folder: what the stages leave for one another.", show_default=False)
]
PipelineOption = Annotated[
    str | None,
    typer.Option("--pipeline", help="Settings from a pipeline: a bundled name (demo, casia-b, …) or a YAML file."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting of the verb; may be repeated. Wins over the rest."),
]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=0, help="Processes; 0 takes one for each core.", rich_help_panel=_EXECUTION)
]
BackendOption = Annotated[
    str, typer.Option("--backend", help="joblib backend: loky, threading, dask, ray.", rich_help_panel=_EXECUTION)
]
PartitionOption = Annotated[
    str,
    typer.Option(
        "--partition", metavar="I/N", help="Do every N-th unit only (job arrays).", rich_help_panel=_EXECUTION
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done and why; do nothing.", rich_help_panel=_EXECUTION)
]
RetryFailedOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try inputs again that failed before.", rich_help_panel=_EXECUTION)
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit with 3 when any unit failed.", rich_help_panel=_EXECUTION)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")]

RepairOption = Annotated[
    bool, typer.Option("--repair", help="Read every object, and write again what was altered or is missing, as it was.")
]
