"""`gaitprep import`: other formats → one sharded store."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitprep.cli.options import (
    DryRunOption,
    JsonOption,
    RepairOption,
    SetOption,
    StrictOption,
    VerboseOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from gaitprep.bridge.stage import ImportStage

import_ = typer.Typer(no_args_is_help=True, help="Make a store from pickles or images in the layouts of the field.")

_SHOWN = 5

RootArgument = Annotated[Path, typer.Argument(help="The folder with the subjects' folders.", show_default=False)]
OutOption = Annotated[Path, typer.Option("--out", help="The store to write, a folder.", show_default=False)]
NameOption = Annotated[str | None, typer.Option("--name", help="Name of the domain.", show_default="the store's name")]
DatasetOption = Annotated[
    str | None,
    typer.Option("--dataset", help="Protocol: labels from paths, gallery and probes; a bundled name or a YAML file."),
]
PartitionFileOption = Annotated[
    Path | None,
    typer.Option("--partition", metavar="FILE.json", help='Who trains and who is tested: {"TRAIN_SET": […], …}.'),
]
WorkOption = Annotated[
    Path | None,
    typer.Option("--work", help="Folder for ledger and events.", show_default="STORE.import beside the store"),
]
WidthOption = Annotated[
    int | None, typer.Option("--width", help="Columns of silhouettes, 44 or 64.", show_default="as they are")
]
AlignOption = Annotated[
    bool,
    typer.Option("--align/--as-is", help="Size-normalise silhouettes; without, they must be 64×44 or 64×64 already."),
]


@dataclass(frozen=True)
class _Order:
    """What both verbs are asked for alike."""

    root: Path
    out: Path
    partition: Path | None
    dataset: str | None
    name: str | None
    work: Path | None
    settings: list[str] | None
    workers: int
    repair: bool
    dry_run: bool
    strict: bool
    json: bool
    verbose: bool


@import_.command("opengait")
def opengait(
    root: RootArgument,
    out: OutOption,
    partition: PartitionFileOption = None,
    dataset: DatasetOption = None,
    name: NameOption = None,
    arrays: Annotated[
        list[str] | None,
        typer.Option("--array", help="Import only rgb, mask, silhouette or ratio; may be repeated."),
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option("--file", metavar="ARRAY=PATTERN", help="Which of several pickles holds an array; repeatable."),
    ] = None,
    width: WidthOption = None,
    align: AlignOption = False,
    work: WorkOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    repair: RepairOption = False,
    dry_run: DryRunOption = False,
    strict: StrictOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Import trees <subject>/<condition>/<view>/*.pkl, such as CASIA-B and CASIA-B*.

    Pickles are read without executing anything. A sequence that does not fit is left out and listed with its reason.
    """
    chosen = {"wanted": arrays, "files": _pairs(files), "width": width, "align": align or None}
    order = _Order(root, out, partition, dataset, name, work, settings, workers, repair, dry_run, strict, json, verbose)
    _run("opengait", order, chosen)


@import_.command("images")
def images(
    root: RootArgument,
    out: OutOption,
    partition: PartitionFileOption = None,
    dataset: DatasetOption = None,
    name: NameOption = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="silhouette, rgb, or auto: by their colours.", show_default="auto")
    ] = None,
    width: WidthOption = None,
    align: AlignOption = False,
    work: WorkOption = None,
    settings: SetOption = None,
    workers: WorkersOption = 0,
    repair: RepairOption = False,
    dry_run: DryRunOption = False,
    strict: StrictOption = False,
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Import trees of PNG or JPEG images, one a frame: silhouettes or RGB crops, as most data sets ship them.

    Frames are ordered by the last number in their names.
    """
    chosen = {"content": kind, "width": width, "align": align or None}
    order = _Order(root, out, partition, dataset, name, work, settings, workers, repair, dry_run, strict, json, verbose)
    _run("images", order, chosen)


def _run(form: str, order: _Order, chosen: dict[str, Any]) -> None:
    from gaitprep.bridge.config import ImportConfig
    from gaitprep.bridge.stage import ImportStage
    from gaitprep.bridge.tree import plan_import
    from gaitprep.cli.mend import mend
    from gaitprep.cli.pack import left_out
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.manifest.protocol import load_protocol
    from gaitprep.pack.stage import pack_ledger
    from gaitprep.run.executor import Execution
    from gaitprep.store.writer import check_target
    from gaitprep.work.layout import WorkDir

    config = load_config(ImportConfig, "import", None, order.settings, form=form, **chosen)
    out = order.out
    check_target(out, ImportStage.name)
    folder = WorkDir(order.work or out.with_name(f"{out.name}.import"))
    execution = Execution(workers=order.workers, dry_run=order.dry_run)
    rules = load_protocol(order.dataset) if order.dataset else None
    with folder.events("survey", quiet=order.json) as events:
        stage = plan_import(
            order.root,
            out,
            folder,
            config,
            execution,
            events,
            name=order.name or out.stem,
            dataset=rules,
            partition=order.partition,
        )
    ledger = pack_ledger(folder, out, stage="import")
    if order.repair and mend(stage, json=order.json, dry_run=order.dry_run):
        return
    run_verb(
        stage,
        folder,
        execution,
        ledger=ledger,
        json=order.json,
        strict=order.strict,
        verbose=order.verbose,
        facts=lambda: left_out(stage.plan) | {"noticed": stage.noticed()},
    )
    print(_words(stage, order.partition is not None and rules is None, order.verbose), file=sys.stderr)
    if order.repair and not order.dry_run:
        mend(stage)
    if order.strict and stage.plan.excluded and not order.dry_run:
        raise typer.Exit(3)


def _words(stage: ImportStage, by_default: bool, verbose: bool) -> str:
    from gaitprep.bridge.partition import idle

    plan, protocol = stage.plan, stage.protocol
    arrays = ", ".join(f"{name} {'×'.join(map(str, shape))}".strip() for name, shape in stage.usual.items())
    lines = [
        f"{stage.out}: {len(plan.sequences)} sequences, {plan.frames} frames, {len(plan.excluded)} left out",
        f"  arrays: {arrays}",
    ]
    lines += [f"  {what}: {frames}" for what, frames in stage.noticed().items()]
    shown = plan.excluded if verbose else plan.excluded[:_SHOWN]
    lines += [f"  left out {e.video}: {e.reason}" for e in shown]
    if len(shown) < len(plan.excluded):
        lines.append(f"  … and {len(plan.excluded) - len(shown)} more (-v shows all)")
    if protocol is None:
        lines.append("  no protocol: every subject trains and none is tested; give --dataset or --partition")
        return "\n".join(lines)
    labels = [(sequence.subject, sequence.condition, sequence.view) for sequence in plan.sequences]
    split = protocol.split([subject for subject, _, _ in labels])
    lines.append(f"  protocol {protocol.name}: {len(split.train)} subjects train, {len(split.test)} are tested")
    if by_default:
        probes = [name for group in protocol.probes.values() for name in group]
        shown_probes = ", ".join(probes[:6]) + (f", … ({len(probes)})" if len(probes) > 6 else "")
        lines.append(f"  no --dataset: {', '.join(protocol.gallery)} is the gallery, sought are {shown_probes}")
    found = {"subjects": len(split.train) + len(split.test), "videos": len(plan.sequences)}
    lines += [f"  incomplete: {line}" for line in protocol.lacking(found)]
    lines += [f"  {line}" for line in idle(protocol, labels)]
    if known := set(protocol.missing) - {"/".join(names) for names in labels}:
        lines.append(f"  {len(known)} of the absent sequences are known to be missing in the release")
    return "\n".join(lines)


def _pairs(files: list[str] | None) -> dict[str, str] | None:
    from gaitprep.errors import UsageError

    for item in files or []:
        if "=" not in item:
            raise UsageError(
                f"--file {item!r} is not of the form ARRAY=PATTERN", next_step="e.g. silhouette='*-sils.pkl'"
            )
    return dict(item.split("=", 1) for item in files) if files else None
