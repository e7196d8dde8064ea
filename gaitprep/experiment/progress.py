"""What a person sees while an experiment runs: which unit of how many, and how long it may still take."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import fmean

from gaitprep.experiment.unit import Unit
from gaitprep.run.events import Events

_SAY_SECONDS = 60.0


class Progress:
    """Counts units and estimates the time that is left.

    Args:
        events: where it goes.
        units: of the experiment, in order; finished: seconds of those that are done, by key.
        workers: units at once.
    """

    def __init__(self, events: Events, units: Sequence[Unit], finished: Mapping[str, float], workers: int) -> None:
        self._events, self._units, self._workers = events, units, workers
        self._seconds = dict(finished)
        self._over = set(finished)
        self._begun: dict[str, float] = {}
        self._last = time.monotonic()

    def begin(self, unit: Unit) -> None:
        """A unit begins."""
        self._begun[unit.key] = time.monotonic()
        self._events.say(f"unit {len(self._over) + len(self._begun)}/{len(self._units)}: {unit.name} …")

    def end(self, unit: Unit, words: str, *, seconds: float | None = None) -> None:
        """A unit is over; seconds: of a finished one."""
        began = self._begun.pop(unit.key, None)
        self._over.add(unit.key)
        if seconds is not None and began is not None:
            self._seconds[unit.key] = seconds
        self._events.say(f"{len(self._over)}/{len(self._units)} {unit.name}: {words} · {self.left()}")
        self._last = time.monotonic()

    def wait(self, running: Sequence[Unit]) -> None:
        """Says once a minute how far the units under way are."""
        if time.monotonic() - self._last < _SAY_SECONDS:
            return
        self._last = time.monotonic()
        under_way = ", ".join(f"{unit.name} {unit.progress}".strip() for unit in running)
        self._events.say(f"{len(self._over)}/{len(self._units)} done · {under_way} · {self.left()}")

    def left(self) -> str:
        """An estimate from what units of the same kind took."""
        typical: dict[str, list[float]] = {}
        kinds = {unit.key: unit.kind for unit in self._units}
        for key, seconds in self._seconds.items():
            typical.setdefault(kinds[key], []).append(seconds)
        rest, unknown = 0.0, 0
        for unit in self._units:
            if unit.key in self._over:
                continue
            if unit.kind not in typical:
                unknown += 1
                continue
            spent = time.monotonic() - self._begun[unit.key] if unit.key in self._begun else 0.0
            rest += max(0.0, fmean(typical[unit.kind]) - spent)
        if unknown and not rest:
            return "time left: known when the first units are done"
        words = f"about {_duration(rest / self._workers)} left"
        return words if not unknown else f"{words}, besides {unknown} units of kinds that none is done of"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min" if minutes else f"{seconds:.0f} s"
