"""Carrying out a stage from the command line: run, summarise, exit code."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gaitprep.run.executor import Execution, Summary
    from gaitprep.run.ledger import Ledger
    from gaitprep.run.stage import Stage
    from gaitprep.work.layout import WorkDir

_SHOWN = 8


def run_verb(
    stage: Stage[Any],
    work: WorkDir,
    execution: Execution,
    *,
    ledger: Ledger | None = None,
    json: bool = False,
    strict: bool = False,
    verbose: bool = False,
    facts: Callable[[], dict[str, Any]] | None = None,
) -> Summary:
    """Runs a stage and prints its summary: words on stderr, or JSON on stdout.

    Args:
        stage: what to run.
        work: its work folder.
        execution: how.
        ledger: of the stage, where it is not the usual one.
        json: print JSON, and no progress.
        strict: fail when a unit did.
        verbose: name all units.
        facts: what JSON says besides.

    Raises:
        typer.Exit: with 3 when nothing usable is left, or when `strict` and a unit failed.
    """
    from gaitprep.run.atomic import sweep
    from gaitprep.run.events import Events
    from gaitprep.run.executor import run_stage

    if work.root.is_dir() and not execution.dry_run:
        sweep(work.root)
    # A dry run leaves nothing behind, not even an account of itself.
    with Events(quiet=json) if execution.dry_run else work.events(stage.name, quiet=json) as events:
        summary = run_stage(stage, ledger or work.ledger(stage.name, execution.partition), execution, events)
    if json:
        typer.echo(json_module.dumps(as_json(summary) | (facts() if facts else {}), indent=2, ensure_ascii=False))
    else:
        print(_words(summary, verbose), file=sys.stderr)
    failed, usable = summary.count("failed"), summary.count("ok") + summary.count("partial")
    if not execution.dry_run and failed and (strict or not usable):
        raise typer.Exit(3)
    return summary


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary as JSON values."""
    return {
        "stage": summary.stage,
        "units": summary.total,
        "reused": summary.reused,
        "dry_run": summary.dry_run,
        "planned": [{"unit": unit, "why": why} for unit, why in summary.planned],
        "ok": summary.count("ok"),
        "partial": summary.count("partial"),
        "failed": summary.count("failed"),
        "finished": summary.finished,
        "seconds": round(summary.seconds, 3),
        "reasons": {name: record.reason for name, record in summary.records.items() if record.reason},
        "counts": _totals(summary),
    }


def _totals(summary: Summary) -> dict[str, int]:
    totals: dict[str, int] = {}
    for record in summary.records.values():
        for name, count in record.counts.items():
            totals[name] = totals.get(name, 0) + count
    return totals


def _words(summary: Summary, verbose: bool) -> str:
    if summary.dry_run:
        lines = [f"{summary.stage}: would do {len(summary.planned)} of {summary.total} units"]
        shown = summary.planned if verbose else summary.planned[:_SHOWN]
        lines += [f"  {unit}: {why}" for unit, why in shown]
        if len(shown) < len(summary.planned):
            lines.append(f"  … and {len(summary.planned) - len(shown)} more (-v shows all)")
        return "\n".join(lines)
    if not summary.planned:
        head = f"{summary.stage}: nothing to do, all {summary.total} units are up to date"
    else:
        head = f"{summary.stage}: {len(summary.planned)} done, {summary.reused} reused, {summary.seconds:.1f} s"
    outcomes = " · ".join(
        f"{summary.count(name)} {name}" for name in ("ok", "partial", "failed") if summary.count(name)
    )
    totals = ", ".join(f"{count} {name}" for name, count in _totals(summary).items())
    lines = [f"{head} · {outcomes}{' · ' + totals if totals else ''}"]
    bad = [(name, record) for name, record in summary.records.items() if record.outcome != "ok"]
    shown_bad = bad if verbose else bad[:_SHOWN]
    lines += [f"  {record.outcome} {name}: {record.reason}" for name, record in shown_bad]
    if len(shown_bad) < len(bad):
        lines.append(f"  … and {len(bad) - len(shown_bad)} more (gaitprep status shows all)")
    return "\n".join(lines)
