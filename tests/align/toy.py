"""Masks of a made-up body, and a work folder that holds them as track and segment would have left them."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.run.digest import digest_file
from gaitprep.run.ledger import Record
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir

Masks = NDArray[np.uint8]


def body(centre: tuple[int, int] = (64, 64), axes: tuple[int, int] = (28, 52)) -> Masks:
    """One mask `[128, 128]` of an ellipse."""
    mask = np.zeros((128, 128), np.uint8)
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
    return mask


def leave_masks(work: WorkDir, video_id: str, tracklets: Mapping[str, Masks]) -> None:
    """Writes the track and segment files of a video of 320×240, and their ledger lines."""
    with create_work_file(work.file("track", video_id), {"stage": "track"}) as writer:
        writer.attribute("video", {"width": 320, "height": 240, "fps": 25.0})
        for name, masks in tracklets.items():
            n = len(masks)
            output = writer.tracklet(name, n)
            output.write("rgb", np.full((n, 128, 128, 3), 90, np.uint8))
            output.write("box", np.tile(np.float32([100, 40, 160, 190]), (n, 1)))
            output.write("detection", np.tile(np.float32([104, 52, 156, 178]), (n, 1)))
            output.write("ratio", np.full(n, 0.4, np.float32))
            output.write("score", np.full(n, 0.9, np.float32))
            output.write("frame", np.arange(n))
            output.write("pts", np.arange(n) / 25.0)
    note(work, "track", video_id)
    with create_work_file(work.file("segment", video_id), {"stage": "segment"}) as writer:
        writer.attribute("track_digest", digest_file(work.file("track", video_id)))
        for name, masks in tracklets.items():
            writer.tracklet(name, len(masks)).write("mask", masks, compress=True)
    note(work, "segment", video_id)


def note(work: WorkDir, stage: str, video_id: str) -> None:
    """Enters the work file into the ledger of its stage."""
    path: Path = work.file(stage, video_id)
    work.ledger(stage).append(
        Record(
            unit=video_id,
            key="made up",
            outcome="ok",
            output_digest=digest_file(path),
            output_bytes=path.stat().st_size,
        )
    )
