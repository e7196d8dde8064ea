"""`gaitprep score`: a work folder against the truth beside its synthetic videos."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitprep.cli.options import BackendOption, JsonOption, SetOption, StrictOption, WorkDirOption, WorkersOption

if TYPE_CHECKING:
    from gaitprep.run.executor import Summary

_SHOWN = 8


def score(
    work: WorkDirOption,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="Folder of the truth files.", show_default="beside the videos"),
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option("--stage", help="Score this stage: track, segment or align; may be repeated.", show_default="all"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also write the figures here: .json, or .md for tables.", show_default=False),
    ] = None,
    sheets: Annotated[
        int, typer.Option("--sheets", min=0, help="Draw contact sheets of so many videos, worst first.")
    ] = 0,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    strict: StrictOption = False,
    json: JsonOption = False,
) -> None:
    """Compare tracking, masks and silhouettes of synthetic videos with the truth; docs/scores.md explains the figures.

    Tables are overall, by world, view, condition and stressor; --json has a row for each video as well.
    """
    import json as json_module

    from gaitprep.cli.settings import load_config
    from gaitprep.run.atomic import publish_json, publish_text, sweep
    from gaitprep.run.executor import Execution, run_stage
    from gaitprep.score.config import ScoreConfig
    from gaitprep.score.sheets import write_sheets
    from gaitprep.score.stage import ScoreStage
    from gaitprep.score.summary import as_json
    from gaitprep.score.tables import markdown
    from gaitprep.work.layout import WorkDir

    folder = WorkDir(work)
    todo = ScoreStage(load_config(ScoreConfig, "score", None, settings, parts=stage), folder, truth)
    units = {unit.unit_id: unit for unit in todo.units()}
    sweep(folder.root)
    with folder.events(todo.name, quiet=json) as events:
        summary = run_stage(todo, folder.ledger(todo.name), Execution(workers, backend, retry_failed=True), events)
    failed = _failed(summary, set(units))
    scores = [todo.read(name) for name in units if name not in failed]
    found = as_json(scores, failed)
    if out is not None and out.suffix == ".md":
        publish_text(out, markdown(scores))
    elif out is not None:
        publish_json(out, found)
    if json:
        typer.echo(json_module.dumps(found, indent=2, ensure_ascii=False))
    else:
        _print(scores, failed)
    for path in write_sheets(folder, scores, {name: unit.source for name, unit in units.items()}, sheets):
        print(f"worst first: {path}", file=sys.stderr)
    if failed and strict:
        raise typer.Exit(3)


def _failed(summary: Summary, units: set[str]) -> dict[str, str]:
    """Why videos could not be scored.

    Raises:
        InputError: none could.
    """
    from gaitprep.errors import InputError

    failed = {
        name: record.reason for name, record in summary.records.items() if name in units and record.outcome == "failed"
    }
    if len(failed) == len(units):
        raise InputError(
            f"none of the {len(units)} videos could be scored",
            cause=next(iter(failed.values()), "no video was tracked"),
        )
    return failed


def _print(scores: list[Any], failed: dict[str, str]) -> None:
    from rich.console import Console

    from gaitprep.score.summary import targets
    from gaitprep.score.tables import tables, target_lines

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    for table in tables(scores):
        console.print(table)
    for line in target_lines(targets(scores)):
        console.print(line)
    for name, reason in list(failed.items())[:_SHOWN]:
        print(f"  not scored {name}: {reason}", file=sys.stderr)
    if len(failed) > _SHOWN:
        print(f"  … and {len(failed) - _SHOWN} more (--json lists all)", file=sys.stderr)
