"""Where things lie in a work folder."""

from __future__ import annotations

from pathlib import Path

from gaitprep.run.events import Events
from gaitprep.run.filedigests import FileDigests
from gaitprep.run.ledger import Ledger


class WorkDir:
    """A work folder: `manifest.parquet`, one HDF5 file per stage and video, ledgers, events and pictures.

    Args:
        root: the folder; made when something is first written into it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def manifest(self) -> Path:
        """The table of videos."""
        return self.root / "manifest.parquet"

    @property
    def pictures(self) -> Path:
        """Contact sheets and previews."""
        return self.root / "pictures"

    def file(self, stage: str, video_id: str) -> Path:
        """The work file of a video after a stage."""
        return self.root / stage / f"{video_id}.h5"

    def ledger(self, stage: str, partition: str = "1/1") -> Ledger:
        """The ledger of a stage."""
        return Ledger(self.root / "ledger" / stage, partition)

    def events(self, stage: str, *, quiet: bool = False) -> Events:
        """The event stream of a stage."""
        return Events(self.root / "events" / f"{stage}.jsonl", quiet=quiet)

    def file_digests(self) -> FileDigests:
        """What is known of the source files."""
        return FileDigests(self.root / "ledger" / "source-digests.jsonl")
