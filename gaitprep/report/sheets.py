"""The stage that draws a contact sheet for every sequence of a video."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import numpy as np

from gaitprep.report.config import SheetConfig
from gaitprep.report.frames import choose_frames, png
from gaitprep.report.sheet import contact_sheet
from gaitprep.report.upstream import Shown, shown_videos
from gaitprep.run.atomic import publish_bytes
from gaitprep.run.ledger import Record
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.work.file import TrackletReader, open_work_file
from gaitprep.work.layout import WorkDir


class SheetStage(Stage[SheetConfig]):
    """Contact sheets `pictures/<video_id>/<tracklet>.png`.

    Args:
        config: settings.
        work: the work folder.
        limit: show so many videos, evenly spread; None for all.
    """

    name: ClassVar[str] = "sheets"
    version: ClassVar[int] = 2

    def __init__(self, config: SheetConfig, work: WorkDir, limit: int | None = None) -> None:
        super().__init__(config)
        self.work = work
        self.limit = limit

    def units(self) -> list[Unit]:
        """One unit for each video that is shown."""
        return [Unit(shown.video_id, shown.digest, None, shown) for shown in shown_videos(self.work, self.limit)]

    def process(self, unit: Unit) -> Result:
        """Draws the sheets of one video.

        Raises:
            WorkError: a work file is missing or damaged.
        """
        shown: Shown = unit.source
        written = []
        with ExitStack() as files:
            tracks = files.enter_context(open_work_file(shown.track))
            masks = files.enter_context(open_work_file(shown.segment)) if shown.segment else None
            aligned = files.enter_context(open_work_file(shown.align)) if shown.align else None
            for name in tracks.tracklets:
                mask = masks[name] if masks and name in masks.tracklets else None
                silhouettes = aligned[name] if aligned and name in aligned.tracklets else None
                frames = choose_frames(tracks[name], mask, silhouettes, self.config.columns)
                title = _title(shown.video_id, tracks[name], name, silhouettes)
                publish_bytes(self._path(shown.video_id, name), png(contact_sheet(frames, title)))
                written.append(name)
        return Result(counts={"sheets": len(written)}, details={"tracklets": written})

    def check(self, unit: Unit, record: Record) -> bool:
        """Whether every sheet is still there."""
        return all(self._path(unit.unit_id, name).is_file() for name in record.details.get("tracklets", []))

    def _path(self, video_id: str, tracklet: str) -> Path:
        return self.work.pictures / video_id / f"{tracklet}.png"


def _title(video_id: str, track: TrackletReader, name: str, aligned: TrackletReader | None) -> str:
    title = f"{video_id} / {name}: {track.length} frames"
    if aligned is None:
        return title
    names = aligned.attributes["reasons"]
    found = np.bincount(aligned["reason"][...], minlength=1)
    invalid = [f"{count} {names[code]}" for code, count in enumerate(found) if count and code]
    return ", ".join([f"{title}, {found[0]} valid", *invalid])
