"""One stream of events: a bar on a terminal, plain lines elsewhere, JSON lines on disk."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_PLAIN_SECONDS = 10.0


class Events:
    """Carries progress to people (stderr) and machines (a JSON-lines file).

    Use as a context manager. `begin`, `advance` and `say` are for people as well; `emit` is for the file alone.

    Args:
        file: where JSON lines are appended, or None for none.
        quiet: say nothing on stderr.
    """

    def __init__(self, file: Path | None = None, *, quiet: bool = False) -> None:
        self._path = file
        self._quiet = quiet
        self._console = Console(stderr=True, soft_wrap=True, highlight=False)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._title = ""
        self._done = 0
        self._total = 0
        self._last_plain = 0.0

    def __enter__(self) -> Events:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def emit(self, kind: str, **fields: Any) -> None:
        """Appends one event to the file. A full disk costs the event, never the work."""
        if self._path is None:
            return
        line = json.dumps({"time": round(time.time(), 3), "event": kind, **fields}, ensure_ascii=False)
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(line + "\n")

    def say(self, text: str) -> None:
        """A line for people, above the bar."""
        if not self._quiet:
            self._console.print(text, markup=False)

    def begin(self, title: str, total: int) -> None:
        """Starts a bar of `total` steps."""
        self.end()
        self._title, self._done, self._total = title, 0, total
        self._last_plain = time.monotonic()
        if self._quiet or not sys.stderr.isatty():
            return
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task(title, total=total, note="")

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Moves the bar; without a terminal, says so every ten seconds."""
        self._done += steps
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=steps, note=note)
        elif not self._quiet and time.monotonic() - self._last_plain >= _PLAIN_SECONDS:
            self._last_plain = time.monotonic()
            self.say(f"{self._title}: {self._done}/{self._total}{' · ' + note if note else ''}")

    def end(self) -> None:
        """Ends the bar."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
