"""`gaitprep pack`: a work folder → one sharded store."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitprep.cli.options import (
    BackendOption,
    DryRunOption,
    JsonOption,
    PartitionOption,
    PipelineOption,
    RepairOption,
    RetryFailedOption,
    SetOption,
    StrictOption,
    VerboseOption,
    WorkDirOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from gaitprep.manifest.protocol import Protocol
    from gaitprep.manifest.records import VideoRecord
    from gaitprep.pack.plan import Plan

_SHOWN = 5


def pack(
    work: WorkDirOption,
    out: Annotated[Path, typer.Option("--out", help="The store to write, a folder.", show_default=False)],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the domain.", show_default="the store's name")
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            help="Protocol to keep in the store: a bundled name or a YAML file.",
            show_default="the manifest's",
        ),
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="Add what the store does not hold yet; nothing in it is rewritten.")
    ] = False,
    repair: RepairOption = False,
    pipeline: PipelineOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    backend: BackendOption = "loky",
    partition: PartitionOption = "1/1",
    dry_run: DryRunOption = False,
    retry_failed: RetryFailedOption = False,
    strict: StrictOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Pack crops, masks and silhouettes into one sharded Zarr store.

    What cannot be packed is left out and listed in the store with its reason (gaitprep info STORE). With --append, new
    videos of the work folder go behind what the store holds, which keeps its place, its name and its layout.
    """
    from gaitprep.errors import UsageError

    if append and repair:
        raise UsageError(
            "--append and --repair exclude each other",
            cause="an append leaves alone what is in the store",
            next_step="run gaitprep pack --repair first",
        )
    from gaitprep.cli.mend import mend
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.manifest.table import read_manifest
    from gaitprep.pack.append import AppendStage
    from gaitprep.pack.config import PackConfig
    from gaitprep.pack.stage import PackStage, pack_ledger
    from gaitprep.run.executor import Execution
    from gaitprep.work.layout import WorkDir

    config = load_config(PackConfig, "pack", pipeline, settings)
    folder = WorkDir(work)
    records = read_manifest(folder.manifest)
    rules = _protocol(dataset, records)
    ledger = pack_ledger(folder, out, partition, AppendStage.name if append else PackStage.name)
    stage = (
        AppendStage(config, folder, out, records, protocol=rules)
        if append
        else PackStage(config, folder, out, records, name=name or out.stem, protocol=rules)
    )
    if repair and mend(stage, json=json, dry_run=dry_run):
        return
    run_verb(
        stage,
        folder,
        Execution(workers, backend, partition, dry_run, retry_failed),
        ledger=ledger,
        json=json,
        strict=strict,
        verbose=verbose,
        facts=lambda: left_out(stage.plan),
    )
    print(_words(stage.plan, out, verbose), file=sys.stderr)
    if repair and not dry_run:
        mend(stage)
    if strict and stage.plan.excluded and not dry_run:
        raise typer.Exit(3)


def _protocol(dataset: str | None, records: list[VideoRecord]) -> Protocol | None:
    """The protocol that is asked for, or the one that all records were scanned by."""
    from gaitprep.manifest.protocol import load_protocol

    named = {record.dataset for record in records}
    if dataset is None and len(named) == 1:
        dataset = named.pop()
    return load_protocol(dataset) if dataset else None


def left_out(plan: Plan) -> dict[str, Any]:
    """What is not in the store, for JSON."""
    return {"sequences": len(plan.sequences), "left_out": [asdict(item) for item in plan.excluded]}


def _words(plan: Plan, out: Path, verbose: bool) -> str:
    lines = [f"{out}: {len(plan.sequences)} sequences, {plan.frames} frames, {len(plan.excluded)} left out"]
    shown = plan.excluded if verbose else plan.excluded[:_SHOWN]
    lines += [f"  {' '.join(filter(None, (e.video, e.tracklet)))}: {e.reason}" for e in shown]
    if len(shown) < len(plan.excluded):
        lines.append(f"  … and {len(plan.excluded) - len(shown)} more (-v shows all)")
    return "\n".join(lines)
