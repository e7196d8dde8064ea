"""A unit of an experiment: one training, evaluation or picture in a folder of its own, done once and then found."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gaitprep.run.atomic import publish_json, sweep
from gaitprep.run.digest import digest_json
from gaitprep.run.events import Events

_MARK = "unit.json"


@dataclass(frozen=True)
class Done:
    """What a finished unit left behind.

    Attributes:
        seconds: that it took, over all its attempts as far as they were kept.
        found: its result, as JSON values.
    """

    seconds: float
    found: dict[str, Any]


@dataclass(frozen=True)
class Unit(ABC):
    """A piece of an experiment. Units of equal key are the same work, whatever experiment asks for them.

    Attributes:
        units: the folder that holds the folders of all units.
        kind: units of a kind take about as long; the estimate of the time that is left goes by it.
        name: for people, and for the folder.
        needs: units that must be finished before.
    """

    units: Path
    kind: str
    name: str
    needs: tuple[Unit, ...]

    @abstractmethod
    def inputs(self) -> dict[str, Any]:
        """Everything that the outcome depends on besides name and `needs`, as JSON values: no paths and no clocks."""

    @abstractmethod
    def work(self, device: str, events: Events) -> Done:
        """Does the unit, or goes on with it.

        Raises:
            GaitprepError: it cannot be done.
        """

    @cached_property
    def key(self) -> str:
        """The digest of everything that the outcome depends on."""
        return digest_json([type(self).__name__, self.name, self.inputs(), [unit.key for unit in self.needs]])

    @property
    def folder(self) -> Path:
        """Where it leaves what it makes; other settings have another folder."""
        plain = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in self.name)
        return self.units / f"{plain}-{self.key[:8]}"

    @property
    def progress(self) -> str:
        """How far a unit is that another process works on; empty where that cannot be seen."""
        return ""

    def done(self) -> Done | None:
        """What is there of it; None when it is not finished."""
        try:
            content = json.loads((self.folder / _MARK).read_text())
            whole = content["key"] == self.key and all((self.folder / name).is_file() for name in content["files"])
            return Done(float(content["seconds"]), content["found"]) if whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def files(self) -> tuple[str, ...]:
        """What lies in the folder of a finished unit and is needed by others."""
        return ()

    def perform(self, device: str, events: Events) -> Done:
        """Does the unit and marks it as finished.

        Raises:
            GaitprepError: it cannot be done.
        """
        if self.folder.is_dir():
            sweep(self.folder)
        done = self.work(device, events)
        content = {"name": self.name, "key": self.key, "seconds": round(done.seconds, 2), "files": list(self.files)}
        publish_json(self.folder / _MARK, {**content, "found": done.found})
        return done


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._begin = time.monotonic()

    @property
    def seconds(self) -> float:
        """Until now."""
        return time.monotonic() - self._begin


def in_order(wanted: list[Unit]) -> list[Unit]:
    """The units and all that they need, each once, needs first."""
    found: dict[str, Unit] = {}

    def add(unit: Unit) -> None:
        if unit.key not in found:
            for need in unit.needs:
                add(need)
            found[unit.key] = unit

    for unit in wanted:
        add(unit)
    return list(found.values())
