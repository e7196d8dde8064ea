"""Carrying out subset and merge: run, summarise, say what came of it."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gaitprep.pack.restack import RestackConfig, Source


def restack(
    config: RestackConfig, sources: Sequence[Source], out: Path, *, workers: int, json: bool, verbose: bool
) -> None:
    """Writes the store, or finishes it."""
    from gaitprep.cli.verb import as_json
    from gaitprep.pack.restack import RestackStage
    from gaitprep.run.events import Events
    from gaitprep.run.executor import Execution, run_stage
    from gaitprep.store.reader import open_store

    stage = RestackStage(config, sources, out)
    with Events(quiet=json) as events:
        summary = run_stage(stage, stage.ledger, Execution(workers=workers), events)
    store = open_store(out)
    if json:
        typer.echo(json_module.dumps(as_json(summary), indent=2, ensure_ascii=False))
    else:
        frames = int(store.sequences.length.sum())
        print(
            f"{out}: {len(store.sequences)} sequences, {frames} frames, {', '.join(store.arrays)}"
            + (f" ({summary.seconds:.1f} s)" if verbose else ""),
            file=sys.stderr,
        )
