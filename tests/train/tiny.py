"""Runs that take a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gaitprep.run.events import Events
from gaitprep.train.config import PhaseName, TrainSettings
from gaitprep.train.loop import Execution
from gaitprep.train.network import Parts
from gaitprep.train.preset import phase_config
from gaitprep.train.runner import Outcome, Request, train

SIZES: dict[str, dict[str, Any]] = {
    "segmentation": {"network": {"channels": [4, 4, 8, 8]}, "images": 6, "colours": 0.2, "steps": 6, "milestones": [4]},
    "recognition": {
        "network": {"channels": [4, 4, 8, 8]},
        "subjects": 2,
        "sequences": 2,
        "frames": 4,
        "skip": 1,
        "steps": 6,
        "milestones": [4],
    },
    "joint": {"subjects": 2, "sequences": 2, "frames": 3, "steps": 4, "milestones": [2]},
}


def request(phase: PhaseName, store: Path, *, parts: Parts | None = None, seed: int = 0, **changes: Any) -> Request:
    """A request for a tiny network, with changes to its settings."""
    settings = TrainSettings(**{phase: SIZES[phase] | {"precision": "fp32"} | changes})
    return Request(phase, phase_config(phase, settings), "cpu", store, seed, parts)


def train_quietly(
    wanted: Request, out: Path, *, every: float = 1e9, events: Events | None = None, fresh: bool = False
) -> Outcome:
    """Trains without a word."""
    return train(wanted, out, Execution("cpu", every), events or Events(quiet=True), fresh=fresh)


def train_parts(store: Path, root: Path, **recognition: Any) -> Parts:
    """A U-Net and a recogniser for joint training."""
    train_quietly(request("segmentation", store, steps=2), root / "unet")
    train_quietly(request("recognition", store, steps=2, **recognition), root / "recogniser")
    return Parts(root / "unet" / "model.safetensors", root / "recogniser" / "model.safetensors")


def losses(out: Path) -> list[tuple[Any, ...]]:
    """What the log says of each step, without the clock."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [tuple(value for name, value in line.items() if name not in ("seconds", "waited")) for line in lines]


class Killed(BaseException):
    """Stands for a killed process: nothing in the code catches it."""


class Killer(Events):
    """Ends the run when it reports its `after`-th step."""

    def __init__(self, after: int) -> None:
        super().__init__(quiet=True)
        self._left = after

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Counts down."""
        if note:
            self._left -= 1
            if self._left == 0:
                raise Killed
