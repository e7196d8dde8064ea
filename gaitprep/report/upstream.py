"""Which videos there is something to show of, and what has been made of them so far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaitprep.manifest.table import read_manifest
from gaitprep.run.digest import digest_json
from gaitprep.work.layout import WorkDir
from gaitprep.work.upstream import upstream_units


@dataclass(frozen=True)
class Shown:
    """A video to show.

    Attributes:
        video_id: its name.
        video: the source file, None where the manifest no longer has it.
        track: its work file; `segment` and `align` are None where these stages have not been run on this tracking.
        digest: of all that is shown.
    """

    video_id: str
    video: Path | None
    track: Path
    segment: Path | None
    align: Path | None
    digest: str


def shown_videos(work: WorkDir, limit: int | None) -> list[Shown]:
    """The tracked videos, or `limit` of them spread evenly over the list.

    Raises:
        WorkError: nothing has been tracked here.
    """
    tracks = upstream_units(work, "track")
    if limit is not None and limit < len(tracks):
        spread = [round(index * (len(tracks) - 1) / max(limit - 1, 1)) for index in range(limit)]
        tracks = [tracks[index] for index in spread]
    later = {stage: work.ledger(stage).latest() for stage in ("segment", "align")}
    sources = {record.video_id: record.path for record in read_manifest(work.manifest)}
    shown = []
    for video_id, record in tracks:
        files: dict[str, Path | None] = {}
        digests = [record.output_digest]
        for stage, records in later.items():
            found = records.get(video_id)
            path = work.file(stage, video_id)
            usable = found is not None and found.outcome != "failed" and path.is_file()
            files[stage] = path if usable else None
            digests.append(found.output_digest if usable and found else None)
        shown.append(
            Shown(
                video_id,
                sources.get(video_id),
                work.file("track", video_id),
                files["segment"],
                files["align"],
                digest_json(digests),
            )
        )
    return shown
