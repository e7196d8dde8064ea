"""Runs the units of a stage: only those that are needed, in parallel, and each for itself."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import BrokenProcessPool

from gaitprep.errors import GaitprepError, InputError, UsageError
from gaitprep.run.digest import digest_bytes
from gaitprep.run.events import Events
from gaitprep.run.ledger import Ledger, Record
from gaitprep.run.stage import Result, Stage, Unit

NEW = "new"
"""Why a unit is done that was never done before."""


@dataclass(frozen=True)
class Execution:
    """How the work is carried out. Nothing here changes an output.

    Attributes:
        workers: processes; 0 takes one for each core.
        backend: joblib backend: `loky`, `threading`, or a registered one such as `dask` or `ray`.
        partition: `I/N`: this process does every N-th unit, for job arrays.
        dry_run: say what would be done and why, and do nothing.
        retry_failed: also redo units that failed on their input.
    """

    workers: int = 0
    backend: str = "loky"
    partition: str = "1/1"
    dry_run: bool = False
    retry_failed: bool = False

    def share(self) -> tuple[int, int]:
        """The partition as (index from 0, count).

        Raises:
            UsageError: not of the form I/N with 1 ≤ I ≤ N.
        """
        try:
            index, count = (int(part) for part in self.partition.split("/"))
        except ValueError:
            index, count = 0, 0
        if not 1 <= index <= count:
            raise UsageError(
                f"partition {self.partition!r} is not of the form I/N with 1 ≤ I ≤ N",
                next_step="use e.g. 3/8",
            )
        return index - 1, count

    def worker_count(self, units: int) -> int:
        """Processes to start for `units` units."""
        return max(1, min(self.workers or cpu_count(), units))


@dataclass
class Summary:
    """What a run of a stage did.

    Attributes:
        stage: its name.
        reused: units whose result was already there.
        planned: (unit, why) of the units that were done, or would be in a dry run.
        records: the newest record of every unit of the stage that has one.
        seconds: wall time.
        finished: whether every unit of the stage is accounted for, over all partitions.
    """

    stage: str
    total: int = 0
    reused: int = 0
    planned: list[tuple[str, str]] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    seconds: float = 0.0
    finished: bool = False
    dry_run: bool = False

    def count(self, outcome: str) -> int:
        """How many units stand at `outcome` (`ok`, `partial`, `failed`)."""
        return sum(record.outcome == outcome for record in self.records.values())


def plan(
    stage: Stage[Any], units: list[Unit], known: dict[str, Record], *, retry_failed: bool = False
) -> list[tuple[Unit, str]]:
    """The units that need work, each with the reason. The same answer for a run, a dry run and `status`."""
    return [
        (unit, why) for unit in units if (why := _why(stage, unit, known.get(unit.unit_id), retry_failed)) is not None
    ]


def _why(stage: Stage[Any], unit: Unit, record: Record | None, retry_failed: bool) -> str | None:
    if record is None:
        return NEW
    if record.key != stage.key(unit):
        return "input or settings changed"
    if record.outcome == "failed" and (record.retry or retry_failed):
        return f"failed before: {record.reason}"
    if not stage.check(unit, record):
        return "output missing or damaged"
    return None


def run_stage(stage: Stage[Any], ledger: Ledger, execution: Execution, events: Events) -> Summary:
    """Brings a stage up to date and returns what was done.

    Every outcome is in the ledger before the next one is awaited, so a kill at any moment costs at most the units
    under way. A worker that dies costs its own unit.
    """
    index, count = execution.share()
    started = time.monotonic()
    units = stage.units()
    mine = units[index::count]
    if not execution.dry_run:
        ledger.note_settings({"config": stage.config.model_dump(mode="json"), "arguments": stage.arguments()})
    todo = plan(stage, mine, ledger.latest(), retry_failed=execution.retry_failed)
    summary = Summary(stage.name, total=len(mine), reused=len(mine) - len(todo), dry_run=execution.dry_run)
    summary.planned = [(unit.unit_id, why) for unit, why in todo]
    if todo and not execution.dry_run:
        events.emit("stage_begins", stage=stage.name, units=len(todo), reused=summary.reused)
        events.begin(stage.name, len(todo))
        try:
            for record in _work(stage, [unit for unit, _ in todo], ledger.folder, execution):
                ledger.append(record)
                events.emit("unit", stage=stage.name, **record.model_dump(exclude={"details"}))
                if record.outcome != "ok":
                    events.say(f"{stage.name} {record.unit}: {record.outcome}: {record.reason}")
                events.advance(note=record.unit)
        finally:
            # joblib keeps its workers for the next call. One of a light stage would grow by torch in a heavy one,
            # which joblib takes for a leak and ends in the middle of the work.
            get_reusable_executor().shutdown(wait=True, kill_workers=True)
        events.end()
    names = {unit.unit_id: unit for unit in units}
    summary.records = {
        name: record
        for name, record in ledger.latest().items()
        if name in names and record.key == stage.key(names[name])
    }
    summary.finished = len(summary.records) == len(units)
    if summary.finished and not execution.dry_run:
        stage.finish(summary.records)
    summary.seconds = time.monotonic() - started
    events.emit("stage_ends", stage=stage.name, seconds=round(summary.seconds, 3), finished=summary.finished)
    return summary


def _work(stage: Stage[Any], units: list[Unit], markers: Path, execution: Execution) -> Iterator[Record]:
    workers = execution.worker_count(len(units))
    threads = max(1, cpu_count() // workers)
    if workers == 1 and execution.backend == "loky":
        for unit in units:
            yield _attempt(stage, unit, None, None)
        return
    waiting = {unit.unit_id: unit for unit in units}
    for unit in units:
        _marker(markers, unit).unlink(missing_ok=True)
    while waiting:
        parallel = Parallel(
            n_jobs=workers,
            backend=execution.backend,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch=workers * 2,
        )
        try:
            for record in parallel(delayed(_attempt)(stage, unit, markers, threads) for unit in list(waiting.values())):
                del waiting[record.unit]
                yield record
        except BrokenProcessPool:
            # The pool does not say whose worker died: those under way are tried again, each in a pool of its own.
            suspects = [unit for unit in waiting.values() if _marker(markers, unit).exists()]
            if not suspects:
                raise
            for unit in suspects:
                _marker(markers, unit).unlink(missing_ok=True)
                del waiting[unit.unit_id]
                yield _alone(stage, unit, markers)


def _alone(stage: Stage[Any], unit: Unit, markers: Path) -> Record:
    try:
        parallel = Parallel(n_jobs=2, backend="loky", batch_size=1)
        # Two tasks, since joblib runs a single one in this process; the second does nothing.
        record: Record = parallel([delayed(_attempt)(stage, unit, markers, None), delayed(os.getpid)()])[0]
    except BrokenProcessPool:
        _marker(markers, unit).unlink(missing_ok=True)
        return Record(
            unit=unit.unit_id,
            key=stage.key(unit),
            outcome="failed",
            retry=True,
            reason="the worker process died twice on it (out of memory? a crash in a decoder?)",
        )
    return record


def _marker(folder: Path, unit: Unit) -> Path:
    return folder / f"under-way-{digest_bytes(unit.unit_id.encode())[:24]}"


def _attempt(stage: Stage[Any], unit: Unit, markers: Path | None, threads: int | None) -> Record:
    """One unit, in a worker process. Never raises but for what ends the process."""
    started = time.monotonic()
    if threads is not None:
        limit_threads(threads)
    marker = _marker(markers, unit) if markers is not None else None
    if marker is not None:
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
    retry = False
    try:
        result = stage.process(unit)
    except InputError as error:
        result = Result("failed", str(error))
    except GaitprepError as error:
        result, retry = Result("failed", str(error)), True
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        result, retry = Result("failed", f"{type(error).__name__}: {error} [{where}]"), True
    if marker is not None:
        marker.unlink(missing_ok=True)
    return Record(
        unit=unit.unit_id,
        key=stage.key(unit),
        outcome=result.outcome,
        reason=result.reason,
        output_digest=result.output_digest,
        output_bytes=result.output_bytes,
        counts=dict(result.counts),
        details=dict(result.details),
        seconds=round(time.monotonic() - started, 3),
        retry=retry,
    )


def limit_threads(threads: int) -> None:
    """Keeps this process to `threads` compute threads, so that workers do not fight over cores."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
