"""The unit that trains a network, through the very code of `gaitprep train`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitprep.experiment.unit import Done, Unit
from gaitprep.run.digest import digest_file
from gaitprep.run.events import Events
from gaitprep.train.config import PhaseConfig, PhaseName
from gaitprep.train.folder import RunFolder, read_log
from gaitprep.train.loop import Execution
from gaitprep.train.network import Parts
from gaitprep.train.runner import VERSION, Request, train

_CHECKPOINT_SECONDS = 30.0
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class Training(Unit):
    """Trains one network in the folder of the unit; a killed one goes on where its last state was saved.

    Attributes:
        phase: of training.
        config: its settings.
        preset: that they come from.
        store: what it trains on; store_digest: of its content.
        domain: the name of the store in this experiment.
        method: architecture; variant: what is special about it, "" for nothing.
        seed: of weights and draws.
        starts: checkpoints of the U-Net and the recogniser that joint training starts from.
    """

    phase: PhaseName
    config: PhaseConfig
    preset: str
    store: Path
    store_digest: str
    domain: str
    method: str
    variant: str
    seed: int
    starts: tuple[Path, ...] = ()

    def inputs(self) -> dict[str, Any]:
        """See `Unit.inputs`."""
        trained = [need.checkpoint for need in self.needs if isinstance(need, Training)]
        given = [digest_file(path) for path in self.starts if path not in trained]
        return {
            "version": VERSION,
            "phase": self.phase,
            "preset": self.preset,
            "settings": self.config.model_dump(mode="json"),
            "store": self.store_digest,
            "seed": self.seed,
            **({"starts": given} if given else {}),
        }

    @property
    def checkpoint(self) -> Path:
        """The trained network."""
        return RunFolder(self.folder).model

    @property
    def files(self) -> tuple[str, ...]:
        """See `Unit.files`."""
        return (self.checkpoint.name,)

    @property
    def progress(self) -> str:
        """The step that it has reached, by the end of its log."""
        step = _last_step(RunFolder(self.folder).log)
        return "" if step is None else f"{step + 1}/{self.config.steps}"

    def work(self, device: str, events: Events) -> Done:
        """See `Unit.work`."""
        parts = Parts(*self.starts) if self.starts else None
        request = Request(self.phase, self.config, self.preset, self.store, self.seed, parts)
        # The folder's name holds the digest of the settings, so what else lies there is of an older version.
        outcome = train(request, self.folder, Execution(device, _CHECKPOINT_SECONDS), events, fresh=True)
        seconds = sum(float(line["seconds"]) for line in read_log(RunFolder(self.folder).log))
        return Done(seconds, {"steps": outcome.steps, "loss": outcome.loss})


def _last_step(log: Path) -> int | None:
    """The step of the last whole line of a log that is being written."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().splitlines(keepends=True)
    except OSError:
        return None
    import json

    for line in reversed(lines):
        try:
            return int(json.loads(line)["step"])
        except (ValueError, KeyError, TypeError):
            continue
    return None
