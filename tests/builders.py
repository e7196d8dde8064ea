"""Builds small work folders and stores out of nothing, with walkers that a network can tell apart.

A subject is a body (head, shoulders, hips) and a gait (cadence, swing); a view is how much of the swing is seen. The
colours of the clothes belong to the subject as well, so that RGB is learnable too. All of it follows from the labels.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.manifest.protocol import Protocol
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import read_manifest, write_manifest
from gaitprep.pack.config import PackConfig
from gaitprep.pack.stage import PackStage, pack_ledger
from gaitprep.run.digest import digest_file, digest_json
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.run.ledger import Record
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir

RATIO = 0.5
FPS = 25.0


@dataclass(frozen=True)
class Walk:
    """One tracklet to build.

    Attributes:
        subject, condition, view: labels; a subject of None is an unlabelled video.
        frames: its length.
        tracklet: its name in the video; walks with equal labels share a video.
        invalid: frames, from the first on, whose mask is empty and which are not valid.
        width: columns of its silhouettes.
    """

    subject: str | None = "001"
    condition: str = "nm-01"
    view: str = "090"
    frames: int = 40
    tracklet: str = "0001"
    invalid: int = 0
    width: int = 44

    @property
    def video_id(self) -> str:
        """The video that it belongs to."""
        return f"{self.subject or 'street'}-{self.condition}-{self.view}"


def walks(
    subjects: int = 4,
    conditions: Sequence[str] = ("nm-01", "nm-02"),
    views: Sequence[str] = ("000", "090"),
    frames: int = 40,
) -> list[Walk]:
    """The full grid of labels, as a data set has it."""
    return [
        Walk(f"{subject:03d}", condition, view, frames)
        for subject in range(1, subjects + 1)
        for condition in conditions
        for view in views
    ]


def protocol(train: float | list[str] = 0.5) -> Protocol:
    """A protocol in the manner of CASIA-B that fits `walks`: nm-01 is enrolled, the rest is sought."""
    return Protocol(
        name="walks",
        pattern=r"(?P<subject>\d+)-(?P<condition>\w+-\d+)-(?P<view>\d+)",
        train=train,
        gallery=["nm-01"],
        probes={"NM": ["nm-02"], "BG": ["bg-01"], "CL": ["cl-01"]},
    )


def draw_masks(walk: Walk) -> NDArray[np.uint8]:
    """Masks of a walker, `[frames, 128, 128]` u1, 0 or 255, squeezed to a square as crops are."""
    body = _random(walk.subject, "body")
    head, shoulders, hips, cadence, swing = body.uniform((6, 13, 9, 0.15, 0.2), (10, 22, 16, 0.35, 0.6))
    phase = _random(walk.video_id, walk.tracklet).uniform(0, 2 * np.pi)
    seen = 0.4 + 0.6 * np.sin(np.deg2rad(float(walk.view) if walk.view.isdigit() else 90.0))
    masks = np.zeros((walk.frames, 128, 128), np.uint8)
    for number, mask in enumerate(masks[walk.invalid :], walk.invalid):
        angle = swing * np.sin(cadence * number + phase) * seen
        thick = int(hips / RATIO / 2)
        for sign in (-1, 1):
            foot = (int(64 + sign * np.sin(angle) * 55 / RATIO), int(70 + np.cos(angle) * 52))
            cv2.line(mask, (64, 70), foot, 255, max(3, thick // 2))
            hand = (int(64 - sign * np.sin(angle) * 30 / RATIO), int(32 + np.cos(angle) * 35))
            cv2.line(mask, (64, 32), hand, 255, max(3, thick // 3))
        cv2.ellipse(mask, (64, 50), (int(shoulders / RATIO / 2), 26), 0, 0, 360, 255, -1)
        cv2.ellipse(mask, (64, 14), (int(head / RATIO * 0.7), int(head * 1.2)), 0, 0, 360, 255, -1)
    return masks


def draw_rgb(walk: Walk, masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Crops, `[frames, 128, 128, 3]` u1: the masks in clothes before a noisy background."""
    upper, lower = _random(walk.subject, walk.condition[:2]).integers(0, 256, (2, 3))
    noise = _random(walk.video_id, walk.tracklet, "noise").integers(90, 150, (*masks.shape, 3), dtype=np.uint8)
    clothes = np.empty((128, 128, 3), np.uint8)
    clothes[:70], clothes[70:] = upper, lower
    return np.where(masks[..., None] > 0, clothes, noise)


def draw_silhouettes(masks: NDArray[np.uint8], columns: int = 44) -> NDArray[np.uint8]:
    """Silhouettes, `[frames, 64, columns]` u1: the masks at their true ratio, in the middle."""
    width = int(64 * RATIO)
    silhouettes = np.zeros((len(masks), 64, columns), np.uint8)
    left = (columns - width) // 2
    for mask, silhouette in zip(masks, silhouettes, strict=True):
        silhouette[:, left : left + width] = cv2.resize(mask, (width, 64), interpolation=cv2.INTER_AREA)
    return silhouettes


def build_work(root: Path, sequences: Sequence[Walk], dataset: str = "") -> WorkDir:
    """Writes manifest, work files and ledgers as scan, track, segment and align would leave them.

    Building again with other walks rewrites what has changed, as rerunning the stages would.
    """
    work = WorkDir(root)
    videos: dict[str, list[Walk]] = {}
    for walk in sequences:
        videos.setdefault(walk.video_id, []).append(walk)
    records = []
    for video_id, members in videos.items():
        first = members[0]
        source = root / "raw" / f"{video_id}.avi"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.touch()
        labels = (first.subject, first.condition, first.view) if first.subject else (None, None, None)
        records.append(VideoRecord(video_id, source, dataset, *labels, people="one" if first.subject else "many"))
        _build_video(work, video_id, members)
    write_manifest(work.manifest, records)
    return work


def pack(
    work: WorkDir,
    out: Path,
    *,
    name: str = "walks",
    rules: Protocol | None = None,
    config: PackConfig | None = None,
    execution: Execution | None = None,
) -> Path:
    """Packs a built work folder."""
    stage = PackStage(
        config or PackConfig(), work, out, read_manifest(work.manifest), name=name, protocol=rules or protocol()
    )
    execution = execution or Execution(workers=1)
    with Events(quiet=True) as events:
        run_stage(stage, pack_ledger(work, out, execution.partition), execution, events)
    return out


def build_store(
    root: Path,
    sequences: Sequence[Walk] | None = None,
    *,
    name: str = "walks",
    rules: Protocol | None = None,
    config: PackConfig | None = None,
) -> Path:
    """Builds `root/<name>.zarr` with its work folder beside it, and returns its path."""
    work = build_work(root / f"{name}-work", walks() if sequences is None else sequences)
    return pack(work, root / f"{name}.zarr", name=name, rules=rules, config=config)


def _build_video(work: WorkDir, video_id: str, members: Sequence[Walk]) -> None:
    drawn = {walk.tracklet: (walk, draw_masks(walk)) for walk in members}
    with create_work_file(work.file("track", video_id), _provenance("track", video_id)) as writer:
        for name, (walk, masks) in drawn.items():
            tracklet = writer.tracklet(name, walk.frames)
            tracklet.dataset("rgb", (128, 128, 3), "u1")[...] = draw_rgb(walk, masks)
            number = np.arange(walk.frames)
            box = np.stack([100 + 2 * number, 0 * number + 50, 160 + 2 * number, 0 * number + 170], 1)
            tracklet.write("box", box.astype(np.float32))
            tracklet.write("ratio", np.full(walk.frames, RATIO, np.float32))
            tracklet.write("score", np.full(walk.frames, 0.9, np.float32))
            tracklet.write("frame", number.astype(np.int64))
            tracklet.write("pts", number / FPS)
    tracked = _record(work, "track", video_id)
    with create_work_file(work.file("segment", video_id), _provenance("segment", tracked)) as writer:
        writer.attribute("track_digest", tracked)
        for name, (walk, masks) in drawn.items():
            writer.tracklet(name, walk.frames).write("mask", masks, compress=True)
    segmented = _record(work, "segment", video_id)
    origin = _provenance("align", digest_json([segmented, tracked]))
    with create_work_file(work.file("align", video_id), origin) as writer:
        writer.attribute("track_digest", tracked)
        for name, (walk, masks) in drawn.items():
            tracklet = writer.tracklet(name, walk.frames, {"reasons": ["valid", "empty mask"]})
            tracklet.write("silhouette", draw_silhouettes(masks, walk.width), compress=True)
            valid = np.arange(walk.frames) >= walk.invalid
            tracklet.write("valid", valid)
            tracklet.write("reason", (~valid).astype(np.uint8))
            tracklet.write("quality", valid.astype(np.float32))
    _record(work, "align", video_id)


def _provenance(stage: str, origin: str) -> dict[str, object]:
    return {"stage": stage, "version": 1, "config": {}, "unit": "", "key": "", "input": origin}


def _record(work: WorkDir, stage: str, video_id: str) -> str:
    path = work.file(stage, video_id)
    digest = digest_file(path)
    known = work.ledger(stage).latest().get(video_id)
    if known is None or known.output_digest != digest:
        work.ledger(stage).append(
            Record(unit=video_id, key=digest, outcome="ok", output_digest=digest, output_bytes=path.stat().st_size)
        )
    return digest


def _random(*names: str | None) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32("/".join(map(str, names)).encode()))
