"""A hand-made video with truth, and work files of as good a pipeline as a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import write_manifest
from gaitprep.run.digest import digest_file
from gaitprep.run.ledger import Record
from gaitprep.score.masks import in_crop
from gaitprep.track.crop import crop_boxes, ratios
from gaitprep.truth.file import PersonTruth, boxes, truth_path, write_truth
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir

WIDTH, HEIGHT, FRAMES = 200, 120, 20
LABELS = ("001", "nm-01", "090")

Masks = NDArray[np.bool_]
Change = Callable[[Masks], Masks]


def walker(x: float, speed: float, *, y: int = 20, size: tuple[int, int] = (24, 70)) -> Masks:
    """`[n, h, w]` masks of a body with a head and two legs whose left side is at `x` in frame 0."""
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), bool)
    width, height = size
    for frame, mask in enumerate(masks):
        left = round(x + speed * frame)
        body = np.zeros((height, width), bool)
        body[: height // 5, width // 3 : -(width // 3)] = True
        body[height // 5 : height // 2] = True
        body[height // 2 :, : width // 3] = body[height // 2 :, -(width // 3) :] = True
        first, last = max(left, 0), min(left + width, WIDTH)
        if first < last:
            mask[y : y + height, first:last] = body[:, first - left : last - left]
    return masks


def person(name: str, full: Masks, visible: Masks | None = None) -> PersonTruth:
    """A person whose pelvis is in the middle of the mask."""
    visible = full if visible is None else visible
    box = boxes(full)
    middle = np.stack([(box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2, np.ones(len(full))], axis=1)
    return PersonTruth(name, {}, full, visible, np.ones(len(full), bool), np.zeros(len(full)), middle)


def film(video: Path, people: list[PersonTruth], **about: Any) -> Path:
    """Writes the truth of a video, and an empty file in its place; the camera takes metres for pixels."""
    video.parent.mkdir(parents=True, exist_ok=True)
    video.touch()
    camera = np.tile(np.eye(4)[[0, 1, 3]], (FRAMES, 1, 1))
    facts = {"world": "indoor", "width": WIDTH, "height": HEIGHT, "fps": 25.0, "subject": "001"}
    facts |= {"condition": "nm-01", "view": "090", **about}
    write_truth(truth_path(video), facts, np.arange(FRAMES) / 25, camera, people)
    return video


def build(
    root: Path,
    people: list[PersonTruth],
    kept: dict[str, Masks],
    rejected: dict[str, Masks] | None = None,
    *,
    change: Change = lambda mask: mask,
    video_id: str = "001/001-nm-01-090",
    stages: tuple[str, ...] = ("track", "segment", "align"),
) -> WorkDir:
    """A work folder of one video.

    Args:
        root: gets `raw` and `work`.
        people: the truth.
        kept, rejected: what tracklets follow, by name: a box in each frame where the masks are not empty.
        change: what the segmenter does wrong, on masks `[128, 128]` of crops.
        stages: those that have been run.
    """
    work = WorkDir(root / "work")
    video = film(root / "raw" / f"{video_id}.mp4", people)
    write_manifest(work.manifest, [VideoRecord(video_id, video, "", *LABELS, people="one")])
    made: dict[str, tuple[NDArray[np.float32], Masks]] = {}
    with create_work_file(work.file("track", video_id), {}) as writer:
        writer.attribute("video", {"width": WIDTH, "height": HEIGHT, "damage": None})
        writer.table("_frames", {"frame": np.arange(FRAMES)})
        writer.table("_rejected", _table(rejected or {}))
        for name, masks in kept.items():
            frames = np.flatnonzero(masks.any(axis=(1, 2)))
            crops = crop_boxes(boxes(masks[frames]), 0.08, WIDTH, HEIGHT)
            tracklet = writer.tracklet(name, len(frames))
            tracklet.write("rgb", np.full((len(frames), 128, 128, 3), 90, np.uint8))
            tracklet.write("box", crops)
            tracklet.write("detection", boxes(masks[frames]))
            tracklet.write("ratio", ratios(crops))
            tracklet.write("frame", frames)
            inside = zip(masks[frames], crops, strict=True)
            made[name] = ratios(crops), np.stack([change(in_crop(mask, crop)) for mask, crop in inside])
    tracked = record(work, "track", video_id)
    for stage in stages[1:]:
        with create_work_file(work.file(stage, video_id), {}) as writer:
            writer.attribute("track_digest", tracked)
            for name, (ratio, masks) in made.items():
                tracklet = writer.tracklet(name, len(masks))
                grey = masks.astype(np.uint8) * 255
                tracklet.write("mask", grey)
                tracklet.write("silhouette", normalise(grey, ratio))
                tracklet.write("valid", masks.any(axis=(1, 2)))
        record(work, stage, video_id)
    return work


def record(work: WorkDir, stage: str, video_id: str, outcome: str = "ok") -> str:
    """Notes in the ledger that a stage has done the video; gives the digest of what it left."""
    digest = digest_file(work.file(stage, video_id))
    work.ledger(stage).append(Record(unit=video_id, key=digest, outcome=outcome, output_digest=digest))
    return digest


def _table(rejected: dict[str, Masks]) -> dict[str, NDArray[Any]]:
    frames = {name: np.flatnonzero(masks.any(axis=(1, 2))) for name, masks in rejected.items()}
    numbers = [np.full(len(rows), int(name)) for name, rows in frames.items()]
    return {
        "tracklet": np.concatenate([np.empty(0, np.int64), *numbers]),
        "frame": np.concatenate([np.empty(0, np.int64), *frames.values()]),
        "box": np.concatenate([np.empty((0, 4), np.float32), *(boxes(rejected[n][frames[n]]) for n in frames)]),
    }
