"""The ledger: what was done, from what, with which outcome. Append-only JSON lines, one folder per stage.

Each partition of a job array appends to a file of its own, so that no two hosts write one file.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaitprep.run.atomic import append_line, publish_json

_SETTINGS = "settings.json"

Outcome = Literal["ok", "partial", "failed"]


class Record(BaseModel):
    """One line of the ledger: the outcome of one unit under one key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    key: str
    outcome: Outcome
    reason: str = ""
    output_digest: str | None = None
    output_bytes: int | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    details: dict[str, Any] = Field(default_factory=dict)
    seconds: float = 0.0
    finished: str = Field(default_factory=lambda: datetime.datetime.now(datetime.UTC).isoformat())
    retry: bool = False
    """Whether the fault may be gone next time (a dead worker, a full disk), so that the unit is tried again."""


class Ledger:
    """The records of one stage.

    Args:
        folder: where the lines are kept; made at the first append.
        partition: `I/N`; this process appends to `I-of-N.jsonl` and reads all.
    """

    def __init__(self, folder: Path, partition: str = "1/1") -> None:
        self.folder = folder
        self._own = folder / f"{partition.replace('/', '-of-')}.jsonl"

    def append(self, record: Record) -> None:
        """Appends durably: when this returns, the record survives a power cut."""
        append_line(self._own, record.model_dump_json())

    def latest(self) -> dict[str, Record]:
        """The newest record of each unit, over all partitions. Torn lines (a power cut) are passed over."""
        newest: dict[str, Record] = {}
        for path in sorted(self.folder.glob("*.jsonl")):
            for line in path.read_text(errors="replace").splitlines():
                try:
                    record = Record.model_validate_json(line)
                except ValidationError:
                    continue
                known = newest.get(record.unit)
                if known is None or record.finished >= known.finished:
                    newest[record.unit] = record
        return newest

    def note_settings(self, settings: Mapping[str, Any]) -> None:
        """Notes what the stage was last asked to do, so that its state can be judged without asking again."""
        publish_json(self.folder / _SETTINGS, settings)

    def settings(self) -> dict[str, Any] | None:
        """What the stage was last asked to do; None when it was never run here."""
        try:
            return dict(json.loads((self.folder / _SETTINGS).read_text()))
        except FileNotFoundError:
            return None
