"""Carrying out `--repair`: what was altered in a store, as words or JSON."""

from __future__ import annotations

import json as json_module
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gaitprep.pack.repair import Origin


def mend(stage: Origin, *, json: bool = False, dry_run: bool = False) -> bool:
    """Repairs the store of a stage in place and says what came of it.

    Returns:
        False where there is no usable root to go by: then the stage itself must finish the store first.

    Raises:
        StoreError: objects are left that could not be made again.
    """
    from gaitprep.errors import StoreError
    from gaitprep.pack.repair import refuse_unrepaired, repair
    from gaitprep.store.root import read_root

    try:
        read_root(stage.out)
    except StoreError:
        return False
    done = repair(stage, dry_run=dry_run)
    if json:
        typer.echo(json_module.dumps({"stage": "repair", "dry_run": dry_run, **asdict(done)}, indent=2))
    else:
        again, gone = ("would be", "would be") if dry_run else ("was altered or missing, and is", "was")
        lines = [f"{stage.out}: {key} {again} written again" for key in done.made]
        lines += [f"{stage.out}: {key} {gone} removed: no part of it" for key in done.removed]
        lines += [f"{stage.out}: {key} stays altered: {why}" for key, why in done.left.items()]
        print("\n".join(lines or [f"{stage.out}: nothing to repair"]), file=sys.stderr)
    refuse_unrepaired(done, stage.out)
    return True
