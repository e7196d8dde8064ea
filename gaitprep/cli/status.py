"""`gaitprep status`: what is done, stale and failed, stage by stage."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from gaitprep.cli.options import JsonOption, VerboseOption, WorkDirOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from gaitprep.pack.append import AppendStage
    from gaitprep.run.ledger import Ledger
    from gaitprep.run.stage import Stage

_SHOWN = 10


@dataclass
class StageStatus:
    """How a stage stands, with the settings that it was last run with.

    Attributes:
        stage: name.
        units: how many there are to do in all, given what the stage before it has left.
        ok, partial, failed: units that are up to date, by outcome.
        stale: units to redo because input or settings changed, or the output is gone: unit → why.
        waiting: units that were never done.
        problems: reason of every unit that is not ok: unit → (outcome, reason).
        blocked: why the stage cannot be judged, "" where it can.
    """

    stage: str
    units: int = 0
    ok: int = 0
    partial: int = 0
    failed: int = 0
    stale: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    blocked: str = ""


def status(work: WorkDirOption, json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Show what is done, stale, waiting and failed. Nothing is changed, nothing is run."""
    import json as json_module

    from gaitprep.cli.rebuild import extended_stores, last_stages
    from gaitprep.errors import WorkError
    from gaitprep.work.layout import WorkDir

    folder = WorkDir(work)
    if not work.is_dir():
        raise WorkError(f"there is no work folder {work}", next_step="make one: gaitprep track SOURCE --work DIR")
    stages = [judge(name, stage, ledger) for name, stage, ledger in last_stages(folder)]
    stages += [judge_extended(name, make, ledger) for name, make, ledger in extended_stores(folder)]
    if not stages and (work / "survey.jsonl").exists():
        raise WorkError(f"{work} belongs to an import", next_step="gaitprep info STORE says what was left out")
    if not stages:
        raise WorkError(f"no stage has been run on {work}", next_step=f"run: gaitprep track SOURCE --work {work}")
    if json:
        typer.echo(json_module.dumps([asdict(stage) for stage in stages], indent=2, ensure_ascii=False))
    else:
        _print(stages, verbose)


def judge(name: str, stage: Stage[Any], ledger: Ledger) -> StageStatus:
    """Compares what a stage would do now with what its ledger says was done."""
    from gaitprep.errors import GaitprepError
    from gaitprep.run.executor import NEW, plan

    found = StageStatus(name)
    try:
        units = stage.units()
    except GaitprepError as error:
        found.blocked = str(error)
        return found
    known = ledger.latest()
    due = {unit.unit_id: why for unit, why in plan(stage, units, known)}
    found.units = len(units)
    for unit in units:
        record = known.get(unit.unit_id)
        why = due.get(unit.unit_id)
        if record is None or why == NEW:
            found.waiting.append(unit.unit_id)
        elif why is not None and record.outcome != "failed":
            found.stale[unit.unit_id] = why
        else:
            setattr(found, record.outcome, getattr(found, record.outcome) + 1)
            if record.outcome != "ok" or record.reason:
                found.problems[unit.unit_id] = (record.outcome, record.reason)
    return found


def judge_extended(name: str, make: Callable[[], AppendStage], ledger: Ledger) -> StageStatus:
    """A store that was appended to: what it holds is done, what the work folder has besides is not.

    Shards that an append wrote before it was killed are not part of the store yet, so they count as waiting.
    """
    from gaitprep.errors import GaitprepError

    try:
        stage = make()
    except GaitprepError as error:
        return StageStatus(name, blocked=str(error))
    found = judge(name, stage, ledger)
    if not found.blocked:
        wrong = {*found.stale, *found.problems}
        found.waiting = [unit.unit_id for unit in stage.units() if unit.unit_id not in wrong]
        found.units, found.ok = found.units + stage.held, stage.held
    return found


def _print(stages: list[StageStatus], verbose: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("stage")
    for column in ("units", "ok", "partial", "failed", "stale", "waiting"):
        table.add_column(column, justify="right")
    for stage in stages:
        numbers = (stage.units, stage.ok, stage.partial, stage.failed, len(stage.stale), len(stage.waiting))
        table.add_row(stage.stage, *(str(number) if number else "·" for number in numbers))
    console = Console(file=sys.stdout, soft_wrap=True, highlight=False)
    console.print(table)
    for stage in stages:
        lines = [f"{name}: {outcome}: {reason}" for name, (outcome, reason) in stage.problems.items()]
        lines += [f"{name}: stale: {why}" for name, why in stage.stale.items()]
        if stage.blocked:
            lines.append(f"cannot be judged: {stage.blocked}")
        shown = lines if verbose else lines[:_SHOWN]
        for line in shown:
            console.print(f"  {escape(stage.stage)} {escape(line)}")
        if len(shown) < len(lines):
            console.print(f"  {escape(stage.stage)} … and {len(lines) - len(shown)} more (-v shows all)")
