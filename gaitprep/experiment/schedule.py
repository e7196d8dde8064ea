"""Carries units out: each as soon as what it needs is there, several at once, one's failure costing only its own."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from gaitprep.errors import GaitprepError
from gaitprep.experiment.progress import Progress
from gaitprep.experiment.unit import Done, Unit
from gaitprep.run.events import Events
from gaitprep.run.executor import limit_threads

_GLANCE_SECONDS = 2.0


@dataclass(frozen=True)
class Execution:
    """How the work is carried out; nothing here changes an outcome.

    Attributes:
        workers: units at once, each in a process of its own; 1 does them in this one.
        device: `auto`, `cpu`, `cuda` or `mps`.
        threads: of each unit.
    """

    workers: int
    device: str
    threads: int


@dataclass
class _Running:
    unit: Unit
    process: BaseProcess
    answer: Connection


def carry_out(
    units: Sequence[Unit], execution: Execution, events: Events, after: Callable[[dict[str, str]], None]
) -> dict[str, str]:
    """Does the units that are not done.

    Args:
        units: needs before those that need them.
        execution: how.
        events: where progress goes.
        after: called when a unit is over, with the reasons of those that failed so far.

    Returns:
        Why units failed, by key; one that needs a failed one fails with it.
    """
    finished = {unit.key: done.seconds for unit in units if (done := unit.done()) is not None}
    progress = Progress(events, units, finished, execution.workers)
    failed: dict[str, str] = {}
    over = set(finished)
    left = [unit for unit in units if unit.key not in over]
    running: list[_Running] = []

    def end(unit: Unit, reason: str) -> None:
        done = unit.done()
        over.add(unit.key)
        if reason or done is None:
            failed[unit.key] = reason or "its result is not there"
            progress.end(unit, f"FAILED: {failed[unit.key]}")
        else:
            progress.end(unit, _words(done), seconds=done.seconds)
        after(failed)

    try:
        while left or running:
            for unit in list(left):
                if broken := next((need for need in unit.needs if need.key in failed), None):
                    left.remove(unit)
                    end(unit, f"it needs {broken.name}, which failed")
                elif len(running) < execution.workers and all(need.key in over for need in unit.needs):
                    left.remove(unit)
                    progress.begin(unit)
                    if execution.workers == 1:
                        end(unit, _attempt(unit, execution, events))
                    else:
                        running.append(_start(unit, execution))
            for one in _over(running):
                running.remove(one)
                end(one.unit, _reason(one))
            progress.wait([one.unit for one in running])
    finally:
        for one in running:
            one.process.terminate()
    return failed


def _attempt(unit: Unit, execution: Execution, events: Events) -> str:
    """Does a unit; the reason if it fails. Raises only what ends the process."""
    limit_threads(execution.threads)
    try:
        unit.perform(execution.device, events)
    except GaitprepError as error:
        return str(error)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} [{Path(place.filename).name}:{place.lineno}]"
    return ""


def _start(unit: Unit, execution: Execution) -> _Running:
    # Forked processes would inherit the threads' locks of torch and of the store's reader.
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(unit, execution, theirs, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    return _Running(unit, process, mine)


def _child(unit: Unit, execution: Execution, answer: Connection, parent: int) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    answer.send(_attempt(unit, execution, Events(quiet=True)))


def _end_with(parent: int) -> None:
    """Ends this process when its parent is killed, so that nobody else works in a folder that is taken up again."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _over(running: list[_Running]) -> list[_Running]:
    if not running:
        return []
    ready = wait([one.process.sentinel for one in running], timeout=_GLANCE_SECONDS)
    return [one for one in running if one.process.sentinel in ready]


def _reason(one: _Running) -> str:
    one.process.join()
    try:
        return str(one.answer.recv()) if one.answer.poll() else f"its process died ({one.process.exitcode})"
    except EOFError:
        return f"its process died with {one.process.exitcode} (out of memory?)"
    finally:
        one.answer.close()


def _words(done: Done) -> str:
    loss = done.found.get("loss")
    return f"{done.seconds:.0f} s" + (f", loss {loss:.3f}" if isinstance(loss, float) else "")
