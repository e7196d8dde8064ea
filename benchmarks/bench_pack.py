"""MB/s of the pack stage, reading work files and writing the store included; one JSON line on stdout.

    python benchmarks/bench_pack.py [--videos 160] [--frames 90] [--workers 2] [--rounds 3]

Work files are made first (not timed). Each round writes the same payload bytes raw, in files as long as shards, with
as many workers and the same flush-fsync-rename, and then packs into a new store; workers are up and have imported what
they need in both. Figures are the medians of the rounds; MB are 10^6 bytes before compression. `cold_mb_per_second` has
the start of the workers in it. `peak_memory_mb` is the largest resident set of a worker.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from gaitprep.manifest.records import VideoRecord
from gaitprep.pack.config import PackConfig
from gaitprep.pack.stage import PackStage, pack_ledger
from gaitprep.run.atomic import publish_bytes
from gaitprep.run.digest import digest_file, digest_json
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.run.ledger import Record
from gaitprep.store.schema import ARRAYS, SHARD_FRAMES
from gaitprep.work.file import create_work_file
from gaitprep.work.layout import WorkDir

FRAME_BYTES = sum(spec.frame_bytes for spec in ARRAYS)


def leave(work: WorkDir, video_id: str, frames: int, rng: np.random.Generator) -> VideoRecord:
    """Writes what pack reads of a video, with the ledger lines of the earlier stages."""
    y, x = np.mgrid[:128, :128]
    sway = 20 * np.sin(np.arange(frames) / 4)[:, None, None]
    masks = np.where(((x - 64 - sway) / 25) ** 2 + ((y - 64) / 60) ** 2 < 1, 255, 0).astype(np.uint8)
    digests: list[str] = []
    for stage in ("track", "segment", "align"):
        origin = video_id if stage == "track" else digest_json(digests[::-1])
        path = work.file(stage, video_id)
        with create_work_file(path, {"stage": stage, "version": 1, "config": {}, "input": origin}) as writer:
            tracklet = writer.tracklet("0001", frames)
            if stage == "track":
                tracklet.write("rgb", rng.integers(0, 256, (frames, 128, 128, 3), dtype=np.uint8))
                tracklet.write("box", np.zeros((frames, 4), np.float32))
                tracklet.write("ratio", np.full(frames, 0.5, np.float32))
                tracklet.write("frame", np.arange(frames, dtype=np.int64))
                tracklet.write("pts", np.arange(frames) / 25)
            else:
                writer.attribute("track_digest", digests[0])
            if stage == "segment":
                tracklet.write("mask", masks, compress=True)
            if stage == "align":
                tracklet.write("silhouette", masks[:, ::2, 20:108:2], compress=True)
                tracklet.write("valid", np.ones(frames, bool))
                tracklet.write("quality", np.ones(frames, np.float32))
        digests.append(digest_file(path))
        work.ledger(stage).append(
            Record(
                unit=video_id,
                key="bench",
                outcome="ok",
                output_digest=digests[-1],
                output_bytes=path.stat().st_size,
            )
        )
    return VideoRecord(video_id, path, subject=video_id, condition="nm-01", view="090", people="one")


def write_raw(folder: Path, frames: int, workers: int) -> float:
    """Seconds to write the payload of `frames` frames raw."""
    begin = time.perf_counter()
    starts = range(0, frames, SHARD_FRAMES)
    Parallel(n_jobs=workers)(
        delayed(write_one)(folder / str(start), min(SHARD_FRAMES, frames - start)) for start in starts
    )
    return time.perf_counter() - begin


def write_one(folder: Path, frames: int) -> None:
    """Writes one file for each array of a shard, raw."""
    for spec in ARRAYS:
        publish_bytes(folder / spec.name, np.ones(spec.frame_bytes * frames, np.uint8).data)


def wake(workers: int) -> None:
    """Starts the workers, which a stage ends after its work; what they unpickle imports all that packing needs."""
    Parallel(n_jobs=workers)(delayed(rest)(PackStage) for _ in range(4 * workers))


def rest(_: type[PackStage]) -> None:
    """Long enough for every worker to get one."""
    time.sleep(0.1)


def pack(work: WorkDir, out: Path, records: list[VideoRecord], workers: int) -> float:
    """Seconds that the stage takes."""
    begin = time.perf_counter()
    stage = PackStage(PackConfig(), work, out, records, name="bench")
    summary = run_stage(stage, pack_ledger(work, out), Execution(workers=workers), Events(quiet=True))
    if summary.count("ok") != summary.total:
        raise RuntimeError(f"{summary.total - summary.count('ok')} of {summary.total} shards were not packed")
    return time.perf_counter() - begin


def main() -> None:
    """Makes the input, then writes and packs in turn, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=160)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    total = options.videos * options.frames
    with tempfile.TemporaryDirectory(dir=options.dir) as temporary:
        folder = Path(temporary)
        work = WorkDir(folder / "work")
        records = [leave(work, f"{i:04d}", options.frames, rng) for i in range(options.videos)]
        cold = pack(work, folder / "cold.zarr", records, options.workers)
        raw, packed, again = [], [], 0.0
        for number in range(options.rounds):
            wake(options.workers)
            raw.append(write_raw(folder / "raw", total, options.workers))
            shutil.rmtree(folder / "raw")
            out = folder / f"{number}.zarr"
            packed.append(pack(work, out, records, options.workers))
            again = pack(work, out, records, options.workers)
            shutil.rmtree(out)
    megabytes = total * FRAME_BYTES / 1e6
    print(
        json.dumps(
            {
                "bench": "pack",
                "frames": total,
                "payload_mb": round(megabytes),
                "workers": options.workers,
                "mb_per_second": round(megabytes / statistics.median(packed)),
                "cold_mb_per_second": round(megabytes / cold),
                "raw_mb_per_second": round(megabytes / statistics.median(raw)),
                "share_of_raw": round(statistics.median(raw) / statistics.median(packed), 2),
                "rerun_seconds": round(again, 3),
                "peak_memory_mb": round(peak_memory(options.workers)),
                "target": 250,
            }
        )
    )


def peak_memory(workers: int) -> float:
    """Largest resident set that a worker has had, in MB."""
    peaks = Parallel(n_jobs=workers)(delayed(resource.getrusage)(resource.RUSAGE_SELF) for _ in range(4 * workers))
    return float(max(usage.ru_maxrss for usage in peaks)) / 1000


if __name__ == "__main__":
    main()
