"""Frames per second and memory of the track stage against `model.track()`; one JSON line on stdout.

    python benchmarks/bench_track.py [--videos 12] [--frames 100] [--workers 2] [--source DIR]

Synthetic walkers of 320×240 are filmed first (not timed), or the videos of DIR are taken. `frames_per_second` is wall
time of the stage, decoding, cropping and writing included, with workers that are up; `cold_frames_per_second` has
their start in it. `plain_frames_per_second` is ultralytics' `model.track()` with its defaults (640 pixels, one by
one) on the same videos right afterwards. Recall is the share of true boxes of whole people that are found with an IoU
of 0.5 or more; it needs truth files beside the videos. `peak_mb` is the memory of this process and its workers, shared
pages counted once (PSS).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import h5py
import numpy as np
import psutil
from numpy.typing import NDArray

from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.scan import scan
from gaitprep.models.weights import Weights
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.track.config import TrackConfig
from gaitprep.track.resolve import resolve
from gaitprep.track.stage import TrackStage
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir


def film(folder: Path, videos: int, frames: int) -> None:
    """Makes `videos` synthetic walkers of `frames` frames."""
    subjects = -(-videos // 3)
    command = [sys.executable, "-m", "gaitprep", "synth", "--out", str(folder), "--subjects", str(subjects)]
    command += ["--set", f"frames={frames}", "--set", "conditions=['nm-01']", "--set", "views=['054','090','126']"]
    subprocess.run(command, check=True, stdout=sys.stderr)


class Memory(threading.Thread):
    """Watches the memory of this process and its children until `stop`."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._done = threading.Event()

    def run(self) -> None:
        """Samples five times a second."""
        here = psutil.Process()
        while not self._done.wait(0.2):
            total = 0
            for process in [here, *here.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)

    def stop(self) -> float:
        """The peak in MB."""
        self._done.set()
        self.join()
        return self.peak / 1e6


def timed(
    config: TrackConfig, weights: Weights, records: list[VideoRecord], work: WorkDir, workers: int
) -> tuple[float, int]:
    """Seconds and frames of one run of the stage."""
    begin = time.perf_counter()
    stage = TrackStage(config, work, records, weights.path)
    summary = run_stage(stage, work.ledger("track"), Execution(workers=workers), Events(quiet=True))
    seconds = time.perf_counter() - begin
    if summary.count("ok") != len(records):
        reasons = {name: record.reason for name, record in summary.records.items() if record.outcome != "ok"}
        raise RuntimeError(f"not all videos were tracked: {reasons}")
    return seconds, sum(record.counts["frames"] for record in summary.records.values())


def our_boxes(work: WorkDir, video_id: str) -> NDArray[np.float32]:
    """Rows of frame and box of all tracklets of a video."""
    with open_work_file(work.file("track", video_id)) as file:
        rows = [np.column_stack([file[name]["frame"], file[name]["detection"]]) for name in file.tracklets]
    return np.concatenate(rows).astype(np.float32)


def recall(video: Path, found: NDArray[np.float32]) -> tuple[int, int]:
    """How many true boxes were found, and how many there are; (0, 0) without a truth file."""
    truth = video.with_suffix(".truth.h5")
    if not truth.is_file():
        return 0, 0
    hits = total = 0
    with h5py.File(truth) as file:
        for person in file["people"].values():
            for frame in np.flatnonzero(person["whole"][...]):
                boxes = found[found[:, 0] == frame, 1:]
                hits += bool(len(boxes)) and overlap(boxes, person["box"][frame]).max() >= 0.5
                total += 1
    return hits, total


def overlap(boxes: NDArray[np.float32], box: NDArray[np.float32]) -> NDArray[np.float32]:
    """IoU of boxes `[k, 4]` with one box."""
    sides = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    common = np.clip(sides, 0, None).prod(axis=1)
    return common / ((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod() - common)


def share(counts: list[tuple[int, int]]) -> float | None:
    """Recall over all videos."""
    total = sum(n for _, n in counts)
    return round(sum(hits for hits, _ in counts) / total, 4) if total else None


def main() -> None:
    """Runs ours cold and warm, then theirs, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--source", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.source is None:
            film(folder / "raw", options.videos, options.frames)
        records = scan(options.source or folder / "raw").records[: options.videos]
        config, weights = resolve(TrackConfig())
        memory = Memory()
        memory.start()
        cold, frames = timed(config, weights, records, WorkDir(folder / "cold"), options.workers)
        work = WorkDir(folder / "warm")
        warm, _ = timed(config, weights, records, work, options.workers)
        peak = memory.stop()
        videos = [str(record.path) for record in records]
        plain = Path(__file__).with_name("plain_track.py")
        out = folder / "plain.npz"
        subprocess.run(
            [sys.executable, str(plain), str(weights.path), str(out), *videos], check=True, stdout=sys.stderr
        )
        theirs = np.load(out)
        plain_seconds = float(theirs["seconds"])
        ours = [recall(record.path, our_boxes(work, record.video_id)) for record in records]
        others = [recall(record.path, theirs[str(number)]) for number, record in enumerate(records)]
    print(
        json.dumps(
            {
                "bench": "track",
                "frames": frames,
                "workers": options.workers,
                "precision": config.precision,
                "frames_per_second": round(frames / warm, 1),
                "cold_frames_per_second": round(frames / cold, 1),
                "plain_frames_per_second": round(frames / plain_seconds, 1),
                "times_plain": round(plain_seconds / warm, 2),
                "recall": share(ours),
                "plain_recall": share(others),
                "peak_mb": round(peak),
                "targets": {"frames_per_second": 60, "times_plain": 4, "peak_mb": 2000},
            }
        )
    )


if __name__ == "__main__":
    main()
