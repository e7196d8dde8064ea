"""Frames per second of the align stage, reading and writing included; one JSON line on stdout.

    python benchmarks/bench_align.py [--videos 200] [--frames 100] [--workers 2]

Work files of walking-like masks are made first (not timed). `frames_per_second` is wall time of the stage with workers
that are already up; `cold_frames_per_second` has their start in it, as a single run from the command line does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.align.config import AlignConfig
from gaitprep.align.stage import AlignStage
from gaitprep.run.digest import digest_file
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.run.ledger import Record
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir


def walk(frames: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Masks `[frames, 128, 128]` of a head, a trunk, swinging limbs and ragged edges."""
    masks = np.zeros((frames, 128, 128), np.uint8)
    for i, mask in enumerate(masks):
        swing = 26 * np.sin(i / 4)
        cv2.circle(mask, (64, 20), 10, 255, -1)
        cv2.ellipse(mask, (64, 55), (22, 30), 0, 0, 360, 255, -1)
        for side in (-1, 1):
            cv2.line(mask, (64, 75), (int(64 + side * swing), 118), 255, 13)
            cv2.line(mask, (64, 35), (int(64 - side * swing), 72), 255, 8)
        blurred = cv2.GaussianBlur(mask, (0, 0), 2) + rng.normal(0, 25, mask.shape)
        mask[...] = np.where(cv2.medianBlur(np.clip(blurred, 0, 255).astype(np.uint8), 5) > 127, 255, 0)
    return masks


def leave(work: WorkDir, video_id: str, masks: NDArray[np.uint8]) -> None:
    """Writes what align reads of a video, with the ledger lines of track and segment."""
    n = len(masks)
    with create_work_file(work.file("track", video_id), {}) as writer:
        writer.attribute("video", {"width": 320, "height": 240, "fps": 25.0})
        track = writer.tracklet("0001", n)
        track.write("box", np.tile(np.float32([100, 40, 160, 190]), (n, 1)))
        track.write("ratio", np.full(n, 0.4, np.float32))
        track.write("score", np.full(n, 0.9, np.float32))
    digest = digest_file(work.file("track", video_id))
    with create_work_file(work.file("segment", video_id), {}) as writer:
        writer.attribute("track_digest", digest)
        writer.tracklet("0001", n).write("mask", masks, compress=True)
    for stage in ("track", "segment"):
        record = Record(unit=video_id, key="bench", outcome="ok", output_digest=digest)
        work.ledger(stage).append(record)


def timed(work: WorkDir, workers: int) -> float:
    """Seconds that the stage takes on a work folder."""
    begin = time.perf_counter()
    stage = AlignStage(AlignConfig(), work)
    summary = run_stage(stage, work.ledger("align"), Execution(workers=workers), Events(quiet=True))
    if summary.count("ok") != summary.total:
        raise RuntimeError(f"{summary.total - summary.count('ok')} of {summary.total} videos were not aligned")
    return time.perf_counter() - begin


def main() -> None:
    """Makes the inputs twice, runs the stage cold and warm, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    kinds = [walk(options.frames, rng) for _ in range(4)]
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for turn in ("cold", "warm"):
            work = WorkDir(Path(folder) / turn)
            for i in range(options.videos):
                leave(work, f"{i:04d}", kinds[i % 4])
            seconds.append(timed(work, options.workers))
    frames = options.videos * options.frames
    print(
        json.dumps(
            {
                "bench": "align",
                "frames": frames,
                "workers": options.workers,
                "frames_per_second": round(frames / seconds[1]),
                "cold_frames_per_second": round(frames / seconds[0]),
                "target": 8000,
            }
        )
    )


if __name__ == "__main__":
    main()
