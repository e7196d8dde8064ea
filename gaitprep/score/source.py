"""Which videos are scored, and whether truth and work files speak of the same video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitprep.errors import InputError, WorkError
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import read_manifest
from gaitprep.run.ledger import Record
from gaitprep.score.config import Part
from gaitprep.truth.file import Truth, truth_path
from gaitprep.work.file import WorkReader
from gaitprep.work.layout import WorkDir
from gaitprep.work.upstream import upstream_units


@dataclass(frozen=True)
class Source:
    """Where the input of a unit lies.

    Attributes:
        record: the video.
        truth: its truth file.
        done: record of each stage that has worked on it; a stage that failed on it is there too.
        files: work file of each stage that has left one.
    """

    record: VideoRecord
    truth: Path
    done: Mapping[str, Record]
    files: Mapping[str, Path]


def sources(work: WorkDir, truth: Path | None, parts: tuple[Part, ...]) -> list[Source]:
    """The tracked videos of the manifest, those on which tracking failed too.

    Args:
        work: the work folder.
        truth: the folder that the truth files lie in, named by video id; None for beside the videos.
        parts: stages that must have been run.

    Raises:
        WorkError: one of the stages has not been run here.
    """
    if not work.root.is_dir():
        raise WorkError(f"there is no work folder {work.root}", next_step="make one: gaitprep track SOURCE --work DIR")
    for part in parts:
        _require(work, part)
    ledgers = {part: work.ledger(part).latest() for part in parts if part != "track"}
    tracked = work.ledger("track").latest()
    found = []
    for record in read_manifest(work.manifest):
        name = record.video_id
        if name not in tracked:
            continue
        done: dict[str, Record] = {"track": tracked[name]}
        done.update({part: known[name] for part, known in ledgers.items() if name in known})
        files = {part: work.file(part, name) for part, unit in done.items() if unit.outcome != "failed"}
        beside = truth_path(record.path if truth is None else truth / f"{name}{record.path.suffix}")
        found.append(Source(record, beside, done, files))
    return found


def _require(work: WorkDir, part: Part) -> None:
    try:
        upstream_units(work, part)
    except WorkError as error:
        if part == "track" and work.ledger(part).latest():
            return  # it failed on every video, which is a score as well
        raise WorkError(
            f"{part} cannot be scored: {error.fact}",
            cause=error.cause,
            next_step=f"run: gaitprep {part} --work {work.root}, or score what is there with --stage",
        ) from error


def open_truth(source: Source) -> Truth:
    """Opens the truth of a video.

    Raises:
        InputError: there is none, or it is no truth file.
    """
    if not source.truth.is_file():
        raise InputError(
            f"there is no truth file {source.truth}",
            cause="only videos of gaitprep synth have one",
            next_step="name the folder that holds the truth files with --truth",
        )
    return Truth(source.truth)


def check_fit(truth: Truth, tracks: WorkReader) -> None:
    """Holds a truth file against the video that was tracked.

    Raises:
        InputError: they differ in size or number of frames.
    """
    video: dict[str, Any] = tracks.attribute("video")
    tracked = (int(video["width"]), int(video["height"]))
    size = (int(truth.about["width"]), int(truth.about["height"]))
    next_step = "film it again: gaitprep synth"
    if size != tracked:
        raise InputError(
            f"the truth file {truth.path} is not that of the tracked video",
            cause=f"it is of {size[0]}×{size[1]} pixels, the video of {tracked[0]}×{tracked[1]}",
            next_step=next_step,
        )
    frames = len(tracks.table("_frames")["frame"])
    if len(truth) != frames and not video["damage"]:
        raise InputError(
            f"the truth file {truth.path} is not that of the tracked video",
            cause=f"it has {len(truth)} frames, the video {frames}",
            next_step=next_step,
        )
