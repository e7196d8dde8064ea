"""What the earlier stages left of each video: tracklets, lengths, valid frames, and how they came about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gaitprep.errors import WorkError
from gaitprep.manifest.records import VideoRecord
from gaitprep.run.atomic import publish_json
from gaitprep.run.digest import digest_json
from gaitprep.run.ledger import Record
from gaitprep.work.file import WorkReader, open_work_file
from gaitprep.work.layout import WorkDir

STAGES = ("track", "segment", "align")
_OF_THE_UNIT = ("unit", "key", "input")


@dataclass(frozen=True)
class VideoFacts:
    """What is there of a video.

    Attributes:
        digest: of the three work files together, "" where one is lacking.
        problem: why the video cannot be packed, "" where it can.
        tracklets: frames and valid frames by name, in the order of names.
        recipes: by stage, the digest of what determined its output beside the input.
        width: columns of its silhouettes, 0 without tracklets.
    """

    digest: str = ""
    problem: str = ""
    tracklets: dict[str, tuple[int, int]] = field(default_factory=dict)
    recipes: dict[str, str] = field(default_factory=dict)
    width: int = 0


@dataclass(frozen=True)
class Facts:
    """Facts by video id, and the recipes that they name: stage, version, settings and libraries, by digest."""

    videos: dict[str, VideoFacts]
    recipes: dict[str, dict[str, Any]]


def gather(work: WorkDir, records: Sequence[VideoRecord]) -> Facts:
    """Learns what the stages left of each video in the manifest.

    What was read from files is remembered by their digests, so that a rerun over thousands of videos opens none.

    Raises:
        WorkError: a stage has not been run at all.
    """
    ledgers = {stage: _ledger(work, stage) for stage in STAGES}
    memory = work.ledger("pack").folder / "facts.json"
    known = _recall(memory)
    videos: dict[str, VideoFacts] = {}
    recipes: dict[str, dict[str, Any]] = {}
    for record in records:
        outputs = {stage: ledgers[stage].get(record.video_id) for stage in STAGES}
        digests = {stage: entry.output_digest for stage, entry in outputs.items() if entry}
        facts = known.videos.get(record.video_id)
        if problem := _unfinished(work, record, outputs):
            facts = VideoFacts(problem=problem)
        elif facts is None or facts.digest != digest_json(digests):
            facts = _read(work, record.video_id, digests, recipes)
        videos[record.video_id] = facts
        for name in facts.recipes.values():
            recipes.setdefault(name, known.recipes.get(name, {}))
    found = Facts(videos, recipes)
    if found != known:
        publish_json(memory, asdict(found))
    return found


def _ledger(work: WorkDir, stage: str) -> dict[str, Record]:
    latest = work.ledger(stage).latest()
    if not latest:
        raise WorkError(
            f"{work.root} holds no result of '{stage}'",
            cause="the stage has not been run on this work folder",
            next_step=f"run: gaitprep {stage} … --work {work.root}",
        )
    return latest


def _unfinished(work: WorkDir, record: VideoRecord, outputs: dict[str, Record | None]) -> str:
    for stage, entry in outputs.items():
        if entry is None:
            return record.problem or f"'{stage}' has not been run on it"
        if entry.outcome == "failed":
            # A store must not tell where on whose disk it was made.
            reason = entry.reason.replace(str(record.path), record.path.name).replace(f"{work.root}/", "")
            return f"'{stage}' failed: {reason}"
        path = work.file(stage, record.video_id)
        if not path.is_file() or path.stat().st_size != entry.output_bytes:
            return f"the file of '{stage}' is missing or altered; run gaitprep {stage} again"
    return ""


def _read(work: WorkDir, video: str, digests: dict[str, str | None], recipes: dict[str, dict[str, Any]]) -> VideoFacts:
    try:
        with (
            open_work_file(work.file("track", video)) as tracks,
            open_work_file(work.file("segment", video)) as masks,
            open_work_file(work.file("align", video)) as aligned,
        ):
            stale = _stale(digests, masks, aligned)
            ragged = {
                name
                for name in {*tracks.tracklets, *masks.tracklets, *aligned.tracklets}
                if len({_length(file, name) for file in (tracks, masks, aligned)}) != 1
            }
            if stale or ragged:
                what = stale or f"its files differ in the length of tracklet {min(ragged)}"
                return VideoFacts(problem=f"{what}; run gaitprep segment and gaitprep align again")
            used = {}
            for file in (tracks, masks, aligned):
                recipe = {key: value for key, value in file.provenance.items() if key not in _OF_THE_UNIT}
                used[recipe["stage"]] = digest_json(recipe)
                recipes[used[recipe["stage"]]] = recipe
            tracklets = {
                name: (tracks.length(name), int(aligned[name]["valid"][...].sum())) for name in tracks.tracklets
            }
            widths = {aligned[name]["silhouette"].shape[2] for name in aligned.tracklets}
            return VideoFacts(digest_json(digests), "", tracklets, used, max(widths, default=0))
    except (WorkError, KeyError) as error:
        fact = error.fact if isinstance(error, WorkError) else f"no {error}"
        return VideoFacts(problem=f"its work files cannot be read: {fact.replace(f'{work.root}/', '')}")


def _stale(digests: dict[str, str | None], masks: WorkReader, aligned: WorkReader) -> str:
    if masks.attribute("track_digest") != digests["track"]:
        return "its masks were made from another tracking"
    if aligned.provenance["input"] != digest_json([digests["segment"], digests["track"]]):
        return "its silhouettes were made from other masks"
    return ""


def _length(file: WorkReader, tracklet: str) -> int | None:
    return file.length(tracklet) if tracklet in file.tracklets else None


def _recall(memory: Path) -> Facts:
    try:
        content = json.loads(memory.read_text())
        videos = {
            name: VideoFacts(**{**item, "tracklets": {key: tuple(pair) for key, pair in item["tracklets"].items()}})
            for name, item in content["videos"].items()
        }
        return Facts(videos, content["recipes"])
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or of another version: it is only a memory
        return Facts({}, {})
