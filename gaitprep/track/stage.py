"""The track stage: one video → its tracklets and crops in one work file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import InputError
from gaitprep.manifest.records import VideoRecord
from gaitprep.run.atomic import remove
from gaitprep.run.provenance import provenance
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.track.choose import Choice, View, choose
from gaitprep.track.config import TrackConfig
from gaitprep.track.detect import Detector, make_detector
from gaitprep.track.letterbox import automatic_size
from gaitprep.track.observe import Observation, observe
from gaitprep.track.readable import ReadableFrames
from gaitprep.track.tracklet import Tracklet
from gaitprep.track.write import write_crops
from gaitprep.video import VideoInfo, probe
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir

DetectorFactory = Callable[[Path, TrackConfig, int], Detector]


class TrackStage(Stage[TrackConfig]):
    """People found, followed, chosen and cut out; a unit is a video of the manifest.

    Args:
        config: as `gaitprep.track.resolve.resolve` returns it.
        work: where the results go.
        records: the videos.
        weights: file of the network that `config.model_digest` speaks of.
        detector: makes the detector in the worker process.
    """

    name = "track"
    version = 3

    def __init__(
        self,
        config: TrackConfig,
        work: WorkDir,
        records: Sequence[VideoRecord],
        weights: Path,
        detector: DetectorFactory = make_detector,
    ) -> None:
        super().__init__(config)
        self.work = work
        self.weights = weights
        self._records = list(records)
        self._make_detector = detector

    def __getstate__(self) -> dict[str, Any]:
        # A worker gets its video with the unit; a manifest of a million need not travel with each.
        return {**self.__dict__, "_records": []}

    def units(self) -> list[Unit]:
        """One for each video of the manifest, those with a problem too: they fail with it as the reason."""
        digests = self.work.file_digests()
        units = []
        for record in self._records:
            digest = f"no file: {record.problem}"
            if record.problem is None:
                try:
                    # Whose walkers are meant decides what is kept, so it is part of the input.
                    digest = f"{digests.digest(record.path)} {record.people}"
                except OSError as error:
                    digest = f"unreadable: {error.strerror}"
            units.append(Unit(record.video_id, digest, self.work.file(self.name, record.video_id), record))
        return units

    def process(self, unit: Unit) -> Result:
        """Two passes over the video: boxes first, crops of the chosen afterwards.

        Raises:
            InputError: the video is listed with a problem, or cannot be read at all.
        """
        record: VideoRecord = unit.source
        output = self.work.file(self.name, unit.unit_id)
        try:
            if record.problem:
                raise InputError(record.problem)
            info = probe(record.path)
            size = self.config.image_size
            long_side = automatic_size(info.width, info.height) if size == "auto" else size
            detector = self._make_detector(self.weights, self.config, long_side)
            seen = observe(record.path, info.fps, detector, self.config)
        except InputError:
            remove(output)  # of other settings; it would speak of a video that is no more
            raise
        choice = choose(seen.tracklets, View(seen.width, seen.height, seen.pts), record.people, self.config)
        if not choice.kept:
            remove(output)
            return Result("failed", _nobody(seen, choice), details=_details(seen, choice, long_side))
        crops = self._write(unit, output, info, seen, choice)
        return Result.of_file(
            output,
            outcome="partial" if seen.damage else "ok",
            reason="; ".join(_remarks(seen, choice, record)),
            counts={
                "frames": len(seen.pts),
                "tracklets": len(choice.kept),
                "crops": crops,
                "rejected": len(choice.rejected),
            },
            details=_details(seen, choice, long_side),
        )

    def _write(self, unit: Unit, output: Path, info: VideoInfo, seen: Observation, choice: Choice) -> int:
        with create_work_file(output, provenance(self, unit)) as writer:
            writer.attribute("video", _video(info, seen))
            writer.attribute("rejected", [other.as_json() for other in choice.rejected])
            writer.table("_rejected", _boxes([other.tracklet for other in choice.rejected]))
            writer.table("_frames", {"frame": range(len(seen.pts)), "pts": seen.pts, "persons": seen.persons})
            frames = ReadableFrames(unit.source.path, self.config)
            return write_crops(writer, choice.kept, frames, seen, self.config)


def _boxes(tracklets: list[Tracklet]) -> dict[str, NDArray[Any]]:
    """The boxes of tracklets that are not cut out: tracklet number, frame, box, score."""
    counts = [len(tracklet) for tracklet in tracklets]
    return {
        "tracklet": np.repeat([int(tracklet.name) for tracklet in tracklets], counts).astype(np.int32),
        "frame": np.concatenate([np.empty(0, np.int64), *(tracklet.frames for tracklet in tracklets)]),
        "box": np.concatenate([np.empty((0, 4), np.float32), *(tracklet.boxes for tracklet in tracklets)]),
        "score": np.concatenate([np.empty(0, np.float32), *(tracklet.scores for tracklet in tracklets)]),
    }


def _video(info: VideoInfo, seen: Observation) -> dict[str, Any]:
    return {
        "width": seen.width,
        "height": seen.height,
        "fps": info.fps,
        "frames": len(seen.pts),
        "duration": info.duration,
        "codec": info.codec,
        "damage": seen.damage,
    }


def _details(seen: Observation, choice: Choice, long_side: int) -> dict[str, Any]:
    return {
        "image_size": long_side,
        "most_persons": int(seen.persons.max(initial=0)),
        "kept": {tracklet.name: len(tracklet) for tracklet in choice.kept},
        "rejected": [other.as_json() for other in choice.rejected],
    }


def _nobody(seen: Observation, choice: Choice) -> str:
    if not seen.tracklets:
        text = f"no person found in {len(seen.pts)} frames"
    else:
        first = choice.rejected[0]
        text = f"no tracklet is fit: {len(choice.rejected)} rejected, e.g. {first.tracklet.name}: {first.reason}"
    return "; ".join([text, *([seen.damage] if seen.damage else [])])


def _remarks(seen: Observation, choice: Choice, record: VideoRecord) -> list[str]:
    remarks = [f"damaged after {len(seen.pts)} frames: {seen.damage}"] if seen.damage else []
    others = [other.tracklet.name for other in choice.rejected if other.person]
    if record.people == "one" and others:
        walker = choice.kept[0].name
        who = "another person was" if len(others) == 1 else f"{len(others)} other people were"
        remarks.append(f"{who} there beside the walker {walker}: {', '.join(others)}")
    return remarks
