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
    lost = sorted({name for source in sources for name in open_store(source.path).arrays} - set(store.arrays))
    if json:
        facts = {"left_out_arrays": lost, "protocol": store.protocol.name if store.protocol else None}
        typer.echo(json_module.dumps(as_json(summary) | facts, indent=2, ensure_ascii=False))
    else:
        frames = int(store.sequences.length.sum())
        print(
            f"{out}: {len(store.sequences)} sequences, {frames} frames, {', '.join(store.arrays)}"
            + (f" ({summary.seconds:.1f} s)" if verbose else ""),
            file=sys.stderr,
        )
        if lost and not config.arrays:
            print(f"  left out, since not all have them: {', '.join(lost)}", file=sys.stderr)
        if stage.loses_protocol:
            print("  no protocol: every subject trains and none is tested, whoever was tested before", file=sys.stderr)
