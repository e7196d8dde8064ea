"""A small stage for tests of the contract: writes each input's text in capitals."""

import os
from pathlib import Path

from gaitprep.errors import InputError
from gaitprep.run.atomic import publish_bytes
from gaitprep.run.digest import digest_bytes
from gaitprep.run.stage import Result, Stage, StageConfig, Unit


class ToyConfig(StageConfig):
    suffix: str = "!"


class ToyStage(Stage[ToyConfig]):
    name = "toy"
    version = 1

    def __init__(self, config: ToyConfig, inputs: Path, outputs: Path) -> None:
        super().__init__(config)
        self.inputs, self.outputs = inputs, outputs
        self.finished = 0

    def units(self) -> list[Unit]:
        return [
            Unit(path.stem, digest_bytes(path.read_bytes()), self.outputs / path.name, path)
            for path in sorted(self.inputs.iterdir())
        ]

    def process(self, unit: Unit) -> Result:
        text = unit.source.read_text()
        if text == "bad":
            raise InputError(f"{unit.unit_id} is bad", next_step="mend it")
        if text == "crash":
            raise ZeroDivisionError("a bug")
        if text == "die":
            os._exit(9)
        assert unit.output is not None
        publish_bytes(unit.output, (text.upper() + self.config.suffix).encode())
        with (self.outputs.parent / "calls").open("a") as calls:
            calls.write(unit.unit_id + "\n")
        return Result.of_file(unit.output, counts={"letters": len(text)}, details={"process": os.getpid()})

    def finish(self, records: object) -> None:
        self.finished += 1
