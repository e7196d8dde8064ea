"""The stage that films: one unit is one video with its truth."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from gaitprep.run.digest import digest_file, digest_json
from gaitprep.run.ledger import Record
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.synth.config import SynthConfig
from gaitprep.synth.plan import Take, takes
from gaitprep.truth.file import truth_path


class SynthStage(Stage[SynthConfig]):
    """Films walkers into `folder`.

    A unit's key depends on its own take only, so asking for more subjects or views films just those.
    """

    name: ClassVar[str] = "synth"
    version: ClassVar[int] = 3

    def __init__(self, config: SynthConfig, folder: Path) -> None:
        super().__init__(config)
        self.folder = folder

    def units(self) -> list[Unit]:
        return [
            Unit(take.name, take.digest, self.folder / f"{take.name}.mp4", source=take) for take in takes(self.config)
        ]

    def key(self, unit: Unit) -> str:
        return digest_json([self.name, self.version, unit.input_digest])

    def process(self, unit: Unit) -> Result:
        from gaitprep.synth.shoot import shoot

        take, video = unit.source, unit.output
        assert isinstance(take, Take)
        assert video is not None
        counts = shoot(take, video)
        truth = truth_path(video)
        return Result.of_file(
            video,
            counts=counts,
            details={"truth": digest_file(truth), "truth_bytes": truth.stat().st_size},
        )

    def check(self, unit: Unit, record: Record) -> bool:
        if not super().check(unit, record) or unit.output is None:
            return False
        try:
            return record.outcome == "failed" or truth_path(unit.output).stat().st_size == record.details["truth_bytes"]
        except OSError:
            return False

    def strangers(self) -> list[Path]:
        """Videos in the folder that the config does not ask for, such as those of an earlier, larger run."""
        wanted = {unit.output for unit in self.units()}
        return sorted(path for path in self.folder.glob("[0-9]*/[0-9]*.mp4") if path not in wanted)
