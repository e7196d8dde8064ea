"""`gaitprep experiment`: the paper's tables and figures in kind, each one command."""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitprep.cli.options import DeviceOption, DryRunOption, JsonOption, SetOption, VerboseOption

if TYPE_CHECKING:
    from gaitprep.experiment.run import Plan

_SHOWN = 12


class Name(StrEnum):
    """The experiments."""

    CROSS_DOMAIN = "cross-domain"
    STRUCTURING_ELEMENT = "structuring-element"
    ALIGNMENT = "alignment"
    PICTURES = "pictures"


def experiment(
    name: Annotated[
        Name,
        typer.Argument(
            help="cross-domain: methods × domains (table 2). structuring-element: width of GaitEdge's edge (table 4). "
            "alignment: moved crops with and without GaitAlign (figure 6). pictures: what the networks see (figure 7).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="Folder that experiments share: units/, and NAME/ for the results.", show_default=False
        ),
    ],
    store: Annotated[
        list[str] | None,
        typer.Option(
            "--store", metavar="NAME=PATH", help="A domain and its store; repeat.", show_default="of --config"
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option("--config", help="Settings: a bundled name or a YAML file.", show_default="that of NAME"),
    ] = None,
    settings: SetOption = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            min=0,
            help="Units at once; 0 takes one for each core (one in all on a GPU).",
            rich_help_panel="How the work is carried out",
        ),
    ] = 0,
    dry_run: DryRunOption = False,
    device: DeviceOption = "auto",
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Train and test what a table or figure of the paper needs. Call it again after a kill: it goes on where it was.

    Networks that are there already are used, those of other experiments in the same --out too. A unit that fails costs
    those that need it, and is named at the end. OUT/NAME/results.md and results.json are rewritten after every unit.
    """

    from gaitprep.cli.settings import parse_settings
    from gaitprep.experiment.config import make_config, read_settings
    from gaitprep.experiment.experiments import EXPERIMENTS
    from gaitprep.experiment.run import carry_out_plan, plan
    from gaitprep.experiment.schedule import Execution
    from gaitprep.run.events import Events

    source = config or name.value
    values = parse_settings(settings, read_settings(source))
    if store:
        values["stores"] = _stores(store)
    chosen = make_config(EXPERIMENTS[name.value].kind, source, values)
    todo = plan(name.value, chosen, out, shlex.join(["gaitprep", *sys.argv[1:]]))
    if dry_run:
        _tell(name, todo, verbose, json)
        return
    execution = Execution(_workers(workers, device, chosen.threads), device, chosen.threads)
    with Events(quiet=json) as events:
        failed = carry_out_plan(todo, execution, events)
    if json:
        typer.echo((todo.out / "results.json").read_text().rstrip())
    else:
        _print(todo)
    for unit, reason in failed.items():
        print(f"failed: {unit}: {reason}", file=sys.stderr)
    if failed:
        print("what failed is tried again by the same command", file=sys.stderr)
        raise typer.Exit(3)


def _stores(given: list[str]) -> dict[str, Any]:
    from gaitprep.errors import UsageError

    stores: dict[str, Any] = {}
    for text in given:
        name, sign, path = text.partition("=")
        if not sign or not name or not path or name in stores:
            raise UsageError(f"--store {text!r} is not NAME=PATH with a name of its own")
        stores[name] = path
    return stores


def _workers(wanted: int, device: str, threads: int) -> int:
    from joblib import cpu_count

    from gaitprep.models.device import resolve_device

    if wanted:
        return wanted
    return max(1, cpu_count() // threads) if resolve_device(device) == "cpu" else 1


def _tell(name: Name, todo: Plan, verbose: bool, json: bool) -> None:
    import json as json_module

    left = todo.left
    if json:
        planned = [{"unit": unit.name, "begun": unit.folder.is_dir()} for unit in left]
        typer.echo(json_module.dumps({"units": len(todo.units), "planned": planned}, indent=2))
        return
    print(f"{name.value}: would do {len(left)} of {len(todo.units)} units", file=sys.stderr)
    shown = left if verbose else left[:_SHOWN]
    for unit in shown:
        print(
            f"  {unit.name}: {'goes on' if unit.folder.is_dir() else 'new'} {unit.progress}".rstrip(), file=sys.stderr
        )
    if len(shown) < len(left):
        print(f"  … and {len(left) - len(shown)} more (-v shows all)", file=sys.stderr)


def _print(todo: Plan) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    for table in todo.report.tables():
        console.print(table)
    for picture in todo.report.pictures():
        console.print(str(todo.out / picture), soft_wrap=True)
    print(f"{todo.out / 'results.md'} and results.json hold all of it", file=sys.stderr)
