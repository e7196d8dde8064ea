"""The segment stage: crops → reference masks, one video at a time."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gaitprep.errors import InputError, WorkError
from gaitprep.manifest.table import read_manifest
from gaitprep.run.atomic import remove
from gaitprep.run.filedigests import FileDigests
from gaitprep.run.provenance import provenance
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.segment.choose import make_segmenter
from gaitprep.segment.clean import clean
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.interface import Crops, Video, VideoSegmenter
from gaitprep.work.file import TrackletReader, WorkReader, create_work_file, open_work_file
from gaitprep.work.layout import WorkDir
from gaitprep.work.upstream import upstream_units

_WINDOW = 64
"""Frames in memory at a time."""


@dataclass(frozen=True)
class Source:
    """Where the input of a unit lies: the source video, its tracks, and the digest of these."""

    video: Path
    track: Path
    track_digest: str


class SegmentStage(Stage[SegmentConfig]):
    """Masks of all tracklets of a video.

    Args:
        config: as `gaitprep.segment.resolve.resolve` returns it.
        work: the work folder.
        weights: file of the network that `config.model_digest` speaks of; None without a network.
    """

    name: ClassVar[str] = "segment"
    version: ClassVar[int] = 3

    def __init__(self, config: SegmentConfig, work: WorkDir, weights: Path | None = None) -> None:
        super().__init__(config)
        self.work = work
        self.weights = weights

    def units(self) -> list[Unit]:
        """One unit for each tracked video. The tracks' digest covers the video, whose digest is written in them."""
        sources = {record.video_id: record.path for record in read_manifest(self.work.manifest)}
        return [
            Unit(
                video_id,
                str(record.output_digest),
                self.work.file(self.name, video_id),
                Source(
                    sources.get(video_id, Path(video_id)),
                    self.work.file("track", video_id),
                    str(record.output_digest),
                ),
            )
            for video_id, record in upstream_units(self.work, "track")
        ]

    def process(self, unit: Unit) -> Result:
        """Makes the masks of one video.

        Raises:
            InputError: the video or its tracks are missing, damaged, or no longer what was tracked.
        """
        source: Source = unit.source
        assert unit.output is not None
        try:
            with ExitStack() as files:
                tracks = files.enter_context(open_work_file(source.track))
                self._check_video(source, tracks)
                prepared = make_segmenter(self.config, self.weights).prepare(_video(source.video, tracks))
                segmenter = files.enter_context(prepared)
                counts = self._write(unit, tracks, segmenter)
                warnings, details = list(segmenter.warnings), dict(segmenter.details)
        except InputError:
            remove(unit.output)  # of other tracks or settings
            raise
        details = {"method": self.config.method, **details, "warnings": warnings}
        return Result.of_file(
            unit.output,
            outcome="partial" if warnings else "ok",
            reason="; ".join(warnings),
            counts=counts,
            details=details,
        )

    def _check_video(self, source: Source, tracks: WorkReader) -> None:
        """Masks that are made from the video must be made from the one that was tracked."""
        if self.config.method not in ("auto", "background"):
            return
        again = "run: gaitprep track … --work " + str(self.work.root)
        try:
            digest = _known_digests(self.work.root).digest(source.video)
        except OSError as error:
            raise WorkError(f"the video {source.video} cannot be read", cause=str(error), next_step=again) from error
        if not str(tracks.provenance["input"]).startswith(digest):
            raise WorkError(f"the video {source.video} is not the one that was tracked", next_step=again)

    def _write(self, unit: Unit, tracks: WorkReader, segmenter: VideoSegmenter) -> dict[str, int]:
        source: Source = unit.source
        empty = total = 0
        with create_work_file(self.work.file(self.name, unit.unit_id), provenance(self, unit)) as writer:
            writer.attribute("track_digest", source.track_digest)
            tracklets = {name: writer.tracklet(name, tracks.length(name)) for name in tracks.tracklets}
            outputs = {name: own.dataset("mask", (128, 128), "u1", compress=True) for name, own in tracklets.items()}
            sure = {name: np.ones(tracks.length(name), np.float32) for name in tracklets}
            for name, rows, crops in _in_order_of_time(tracks):
                masks = clean(segmenter.masks(crops), crops.person)
                outputs[name][rows] = masks
                if segmenter.certainty is not None:
                    sure[name][rows] = segmenter.certainty
                total += len(masks)
                empty += int((~masks.any(axis=(1, 2))).sum())
            for name, own in tracklets.items():
                own.write("certainty", sure[name])
        return {"tracklets": len(outputs), "masks": total, "empty": empty}


@functools.lru_cache(maxsize=1)
def _known_digests(root: Path) -> FileDigests:
    """What is known of the source files, read once by a worker rather than for each video."""
    return WorkDir(root).file_digests()


def _video(path: Path, tracks: WorkReader) -> Video:
    facts: dict[str, Any] = tracks.attribute("video")
    frames = [tracks[name]["frame"][...] for name in tracks.tracklets]
    boxes = [tracks[name]["box"][...] for name in tracks.tracklets]
    frame = np.concatenate([np.empty(0, np.int64), *frames])
    box = np.concatenate([np.empty((0, 4), np.float32), *boxes])
    order = np.argsort(frame, kind="stable")
    decoder = tracks.provenance.get("config", {}).get("decoder", "pyav")
    count = len(tracks.table("_frames")["frame"])
    return Video(path, int(facts["width"]), int(facts["height"]), count, frame[order], box[order], decoder)


def _in_order_of_time(tracks: WorkReader) -> Iterator[tuple[str, slice, Crops]]:
    """Blocks of crops, window after window, so that a video need be read but once."""
    frames = {name: tracks[name]["frame"][...] for name in tracks.tracklets}
    last = max((int(numbers[-1]) for numbers in frames.values() if len(numbers)), default=-1)
    for start in range(0, last + 1, _WINDOW):
        for name, numbers in frames.items():
            first, end = np.searchsorted(numbers, [start, start + _WINDOW]).tolist()
            if end > first:
                rows = slice(first, end)
                yield name, rows, _crops(name, tracks[name], rows)


def _crops(name: str, tracklet: TrackletReader, rows: slice) -> Crops:
    return Crops(
        tracklet=name,
        rgb=tracklet["rgb"][rows],
        box=tracklet["box"][rows],
        detection=tracklet["detection"][rows],
        frame=tracklet["frame"][rows],
    )
