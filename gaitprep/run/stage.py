"""The stage contract: what a stage must say for the executor to do its work safely, again and in parallel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from gaitprep.run.digest import digest_file, digest_json
from gaitprep.run.ledger import Outcome, Record


class StageConfig(BaseModel):
    """Settings of a stage. Every field affects the output; how the work is carried out is `Execution`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Unit:
    """The smallest piece of work: it succeeds or fails, and is redone, on its own.

    Attributes:
        unit_id: stable name, unique in the stage (a `video_id`, a shard).
        input_digest: digest of everything that comes in.
        output: the file that holds the result, or None when the stage checks itself.
        source: what `process` needs to find the input; crosses process borders.
    """

    unit_id: str
    input_digest: str
    output: Path | None
    source: Any = None


@dataclass(frozen=True)
class Result:
    """What became of a unit, as `process` reports it."""

    outcome: Outcome = "ok"
    reason: str = ""
    output_digest: str | None = None
    output_bytes: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of_file(
        path: Path,
        *,
        outcome: Outcome = "ok",
        reason: str = "",
        counts: Mapping[str, int] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Result:
        """The result whose output is the published file `path`."""
        return Result(outcome, reason, digest_file(path), path.stat().st_size, dict(counts or {}), dict(details or {}))


ConfigT = TypeVar("ConfigT", bound=StageConfig)


class Stage(ABC, Generic[ConfigT]):
    """A step of the pipeline over independent units.

    A stage object travels to worker processes, so it holds settings and paths, never open files or networks.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    """Raised whenever the same config on the same input would give another output."""

    def __init__(self, config: ConfigT) -> None:
        self.config = config

    @abstractmethod
    def units(self) -> list[Unit]:
        """All units, in a stable order."""

    @abstractmethod
    def process(self, unit: Unit) -> Result:
        """Does one unit and publishes its output atomically.

        Raises:
            InputError: the input is at fault: recorded, not tried again until its key changes.
            Exception: anything else is recorded too, and tried again at the next run.
        """

    def check(self, unit: Unit, record: Record) -> bool:
        """Whether the output that `record` speaks of is still in place."""
        if unit.output is None or record.outcome == "failed":
            return True
        try:
            return unit.output.stat().st_size == record.output_bytes
        except OSError:
            return False

    def key(self, unit: Unit) -> str:
        """The digest of everything that determines the unit's output."""
        return digest_json([self.name, self.version, self.config.model_dump(mode="json"), unit.input_digest])

    def arguments(self) -> dict[str, str | None]:
        """What beside the config says what was asked for, so that `status` can build the stage again."""
        return {}

    def finish(self, records: Mapping[str, Record]) -> None:
        """Called once all units of all partitions are done, with the newest record of each."""
