"""`gaitprep scan`: files → a manifest table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption, VerboseOption

DatasetOption = Annotated[
    str | None,
    typer.Option("--dataset", help="Protocol whose file pattern gives the labels: a bundled name or a YAML file."),
]


def scan(
    source: Annotated[Path, typer.Argument(help="A folder of videos, or one video.", show_default=False)],
    dataset: DatasetOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the table goes: .parquet or .csv.", show_default=False)
    ] = None,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List videos and read their labels from the file names.

    Without --out the table is printed as CSV.
    """
    import json as json_module

    from gaitprep.manifest.protocol import load_protocol
    from gaitprep.manifest.scan import scan as scan_source
    from gaitprep.manifest.table import as_csv, write_manifest

    protocol = load_protocol(dataset) if dataset else None
    result = scan_source(source, protocol)
    problems = [record for record in result.records if record.problem]
    labels = {
        name: len({getattr(r, name) for r in result.records} - {None}) for name in ("subject", "condition", "view")
    }
    missing = result.missing(protocol) if protocol else []
    if out is not None:
        write_manifest(out, result.records)
    if json:
        typer.echo(
            json_module.dumps(
                {
                    "videos": len(result.records),
                    **{f"{name}s": count for name, count in labels.items()},
                    "ignored": result.ignored,
                    "problems": {record.video_id: record.problem for record in problems},
                    "incomplete": missing,
                    "table": str(out) if out else None,
                },
                indent=2,
            )
        )
    elif out is None:
        typer.echo(as_csv(result.records), nl=False)
    counts = ", ".join(f"{count} {name}s" for name, count in labels.items() if count)
    say = [f"{len(result.records)} videos{': ' + counts if counts else ', unlabelled'}" + (f" → {out}" if out else "")]
    say += [f"  incomplete: {line}" for line in missing]
    say += [f"  {record.video_id}: {record.problem}" for record in problems]
    shown = list(result.ignored.items()) if verbose else list(result.ignored.items())[:5]
    if result.ignored:
        say.append(f"  ignored {len(result.ignored)} files" + ("" if verbose else " (-v shows all)") + ":")
        say += [f"    {name}: {reason}" for name, reason in shown]
    print("\n".join(say), file=sys.stderr)
