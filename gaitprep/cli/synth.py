"""`gaitprep synth`: raw videos of synthetic walkers, with ground truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import (
    BackendOption,
    DryRunOption,
    JsonOption,
    PartitionOption,
    PipelineOption,
    RetryFailedOption,
    SetOption,
    StrictOption,
    VerboseOption,
    WorkersOption,
)


def synth(
    out: Annotated[Path, typer.Option("--out", help="Folder for the videos and their truth.", show_default=False)],
    world: Annotated[str | None, typer.Option("--world", help="indoor or outdoor.")] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", help="How much to film: demo, worlds, small, casia-b or ttg-200.")
    ] = None,
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="How many people, instead of the preset's.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Other bodies, gaits, clothes and noise.")] = None,
    stressor: Annotated[
        list[str] | None,
        typer.Option(
            help="Make every video harder: occluder, crossing, jitter, flicker, variable-rate, low-light; repeatable."
        ),
    ] = None,
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
    """Film synthetic walkers: raw videos as a data set has them, and the truth of every frame beside each.

    Writes OUT/001/001-nm-01-090.mp4 and …-090.truth.h5 (docs/truth.md). The same seed gives the same truth to the
    byte. `--set "views=['054','090']"`, `--set "conditions=['nm-01']"` and `--set frames=60` choose more finely;
    `--dry-run` says how much it will be.
    """
    from gaitprep.cli.settings import load_config
    from gaitprep.cli.verb import run_verb
    from gaitprep.run.atomic import make_writable, sweep
    from gaitprep.run.executor import Execution
    from gaitprep.synth.bodydata import body_data, body_file
    from gaitprep.synth.config import SynthConfig
    from gaitprep.synth.forecast import forecast
    from gaitprep.synth.plan import takes
    from gaitprep.synth.stage import SynthStage
    from gaitprep.work.layout import WorkDir

    config = load_config(
        SynthConfig,
        "synth",
        pipeline,
        settings,
        world=world,
        preset=preset,
        subjects=subjects,
        seed=seed,
        stressors=stressor,
    )
    stage = SynthStage(config, out)
    stage.units()  # an impossible setting is told before anything is built
    if not dry_run:
        make_writable(out)
        if not body_file().is_file():
            print(f"synth: building the body model once (13 MB in {body_file().parent}) …", file=sys.stderr)
        body_data()
        sweep(out)
    execution = Execution(workers, backend, partition, dry_run, retry_failed)
    summary = run_verb(stage, WorkDir(out / ".gaitprep"), execution, json=json, strict=strict, verbose=verbose)
    if dry_run:
        planned = {name for name, _ in summary.planned}
        work = forecast([take for take in takes(config) if take.name in planned])
        print(f"synth: {work.words(execution.worker_count(work.videos))}", file=sys.stderr)
    if strangers := stage.strangers():
        print(
            f"synth: {len(strangers)} videos in {out} are not of this run (e.g. {strangers[0].name}); "
            "delete them, or film into a folder of its own",
            file=sys.stderr,
        )
