"""The align stage: masks → silhouettes, validity and quality, one video at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from gaitprep.align.config import AlignConfig
from gaitprep.align.measure import Measures, measure
from gaitprep.align.normalise import normalise
from gaitprep.align.quality import REASONS, judge
from gaitprep.errors import WorkError
from gaitprep.run.digest import digest_json
from gaitprep.run.provenance import provenance
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.work.file import TrackletReader, WorkWriter, create_work_file, open_work_file
from gaitprep.work.layout import WorkDir
from gaitprep.work.upstream import upstream_units

_BLOCK = 512  # frames in memory at a time: 8 MB of masks


@dataclass(frozen=True)
class Source:
    """Where the input of a unit lies.

    Attributes:
        track, segment: work files.
        track_digest: of the track file; masks made from another one do not fit its boxes.
    """

    track: Path
    segment: Path
    track_digest: str


class AlignStage(Stage[AlignConfig]):
    """Size normalisation of all tracklets of a video."""

    name: ClassVar[str] = "align"
    version: ClassVar[int] = 1

    def __init__(self, config: AlignConfig, work: WorkDir) -> None:
        super().__init__(config)
        self.work = work

    def units(self) -> list[Unit]:
        """One unit for each video that has masks."""
        tracks = dict(upstream_units(self.work, "track"))
        return [
            Unit(
                video_id,
                digest_json([record.output_digest, tracks[video_id].output_digest]),
                self.work.file(self.name, video_id),
                Source(
                    self.work.file("track", video_id),
                    self.work.file("segment", video_id),
                    str(tracks[video_id].output_digest),
                ),
            )
            for video_id, record in upstream_units(self.work, "segment")
            if video_id in tracks
        ]

    def process(self, unit: Unit) -> Result:
        """Aligns one video.

        Raises:
            WorkError: an input is missing, or masks and boxes do not belong together.
        """
        source: Source = unit.source
        assert unit.output is not None
        counts: Counter[str] = Counter()
        barren = []
        with (
            open_work_file(source.track) as tracks,
            open_work_file(source.segment) as masks,
            create_work_file(unit.output, provenance(self, unit)) as writer,
        ):
            if masks.attribute("track_digest") != source.track_digest:
                raise WorkError(
                    f"the masks of {unit.unit_id} were made from another tracking of it",
                    next_step="run: gaitprep segment --work " + str(self.work.root),
                )
            video = tracks.attribute("video")
            writer.attribute("track_digest", source.track_digest)
            for name in tracks.tracklets:
                frame_size = (int(video["width"]), int(video["height"]))
                found = self._tracklet(name, tracks[name], masks[name], frame_size, writer)
                counts.update(found)
                if not found["valid"]:
                    barren.append(name)
        reason = f"no valid frame in {', '.join(barren)}" if barren else "" if counts else "no tracklet"
        return Result.of_file(unit.output, outcome="partial" if reason else "ok", reason=reason, counts=dict(counts))

    def _tracklet(
        self,
        name: str,
        track: TrackletReader,
        segment: TrackletReader,
        frame_size: tuple[int, int],
        writer: WorkWriter,
    ) -> dict[str, int]:
        size = (64, self.config.width)
        output = writer.tracklet(name, track.length, {"reasons": list(REASONS)})
        silhouettes = output.dataset("silhouette", size, "u1", compress=True)
        ratio, box, score = track["ratio"][...], track["box"][...], track["score"][...]
        blocks = []
        for start in range(0, max(track.length, 1), _BLOCK):
            rows = slice(start, start + _BLOCK)
            masks = segment["mask"][rows]
            silhouettes[rows] = normalise(masks, ratio[rows], size)
            blocks.append(measure(masks, box[rows], frame_size))
        certainty = segment["certainty"][...] if "certainty" in segment else None
        judgement = judge(Measures.join(blocks), score, self.config, certainty)
        output.write("valid", judgement.valid)
        output.write("reason", judgement.reason)
        output.write("quality", judgement.quality)
        return {
            "tracklets": 1,
            "frames": track.length,
            "valid": int(judgement.valid.sum()),
            **judgement.counts(),
        }
