"""What a run says of each step: lines of JSON, and the same numbers for TensorBoard where that is wanted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gaitprep.errors import UsageError
from gaitprep.train.folder import RunFolder
from gaitprep.train.ranks import Ranks


class Journal:
    """Takes down the steps of a run. The base class, for processes that do not lead, forgets them."""

    def write(self, line: Mapping[str, Any]) -> None:
        """Takes down a step: `step` and numbers by name."""

    def sync(self) -> None:
        """Makes what was written durable; before a state is published, so that no state is ahead of the log."""

    def close(self) -> None:
        """Ends it."""


class _Lines(Journal):
    def __init__(self, folder: RunFolder, start: int) -> None:
        folder.truncate_log(start)
        self._file = folder.log.open("a")

    def write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class _Board(_Lines):
    def __init__(self, folder: RunFolder, start: int) -> None:
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError as error:
            raise UsageError(
                "TensorBoard is not installed",
                cause=str(error),
                next_step="pip install 'gaitprep[tensorboard]', or leave --tensorboard out",
            ) from error
        super().__init__(folder, start)
        # Steps from `start` on that a killed run has shown are hidden: they come again.
        self._writer: Any = SummaryWriter(str(folder.root / "tensorboard"), purge_step=start)

    def write(self, line: Mapping[str, Any]) -> None:
        super().write(line)
        for name, value in line.items():
            if name != "step":
                self._writer.add_scalar(name, value, line["step"])

    def close(self) -> None:
        self._writer.close()
        super().close()


@contextmanager
def journal(folder: RunFolder, start: int, ranks: Ranks, *, tensorboard: bool) -> Iterator[Journal]:
    """The journal of a run that goes on from step `start`; later lines of an earlier attempt are dropped.

    Raises:
        UsageError: TensorBoard is wanted and not installed.
    """
    kind = _Board if tensorboard else _Lines
    opened = kind(folder, start) if ranks.leads else Journal()
    try:
        yield opened
    finally:
        opened.close()
