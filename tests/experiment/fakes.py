"""Units without networks, at module level so that other processes find them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitprep.errors import TrainingError
from gaitprep.experiment.unit import Done, Unit
from gaitprep.run.events import Events


@dataclass(frozen=True)
class Fake(Unit):
    """Notes that it was done; fails where `fault` says how."""

    fault: str = ""

    def inputs(self) -> dict[str, Any]:
        """Its name is all it is."""
        return {"name": self.name}

    def work(self, device: str, events: Events) -> Done:
        """Appends its name to a list in the folder of all units."""
        if self.fault == "foreseen":
            raise TrainingError("the loss is not finite", next_step="pray")
        if self.fault == "bug":
            raise KeyError("thing")
        if self.fault == "death":
            os._exit(9)
        self.units.mkdir(parents=True, exist_ok=True)
        with (self.units / "order.txt").open("a") as file:
            file.write(f"{self.name}\n")
        return Done(1.0, {"threads": os.environ.get("OMP_NUM_THREADS")})


def fake(units: Path, name: str, *needs: Unit, fault: str = "") -> Fake:
    """A unit."""
    return Fake(units, "fake", name, needs, fault)


def order(units: Path) -> list[str]:
    """Names of the units in the order in which they were done."""
    return (units / "order.txt").read_text().split() if (units / "order.txt").is_file() else []
