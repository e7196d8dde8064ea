"""Frames a second of `gaitprep import opengait`, from pickles to a finished store; one JSON line on stdout.

    python benchmarks/bench_import.py [--sequences 1360] [--frames 81] [--workers 2] [--dir DIR]

Makes a tree as CASIA-B is prepared by the field, one pickle `[n, 64, 64]` uint8 a sequence (not timed), and imports it
into a new store, as a command of its own each time. `seconds` has all: start of Python and of workers, one look into
every sequence, the shards, the root. `of_casia_b_seconds` is what 13,600 sequences and 1.1 million frames take at that
pace, `of_casia_b_cpu_seconds` the processor time of all processes in it, which a busy machine changes little.
`peak_memory_mb` is the largest resident set of any of them, sampled; also for a tree of a quarter of the size, so that
growth is seen. `raw_read_seconds` is reading the pickles once.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CASIA_B_FRAMES = 1_100_000
VIEWS = 11


def walkers(frames: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Silhouettes `[frames, 64, 64]` of a swinging body, grey at its edges."""
    y, x = np.mgrid[:64, :64]
    phase = rng.uniform(0, 2 * np.pi) + np.arange(frames)[:, None, None] / 4
    width = 9 + rng.uniform(0, 3) + np.where(y > 32, 5 * np.sin(phase) * (y - 32) / 32, 0)
    noise = rng.normal(0, 0.4, (frames, 64, 64))
    return np.clip((width - abs(x - 32) + noise) * 128, 0, 255).astype(np.uint8)


def make_tree(root: Path, sequences: int, frames: int) -> None:
    """Writes `sequences` sequences, eleven views of a walk each."""
    rng = np.random.default_rng(0)
    bodies = [walkers(frames + int(extra), rng) for extra in rng.integers(-20, 21, 50)]
    for number in range(sequences):
        walk, view = divmod(number, VIEWS)
        leaf = root / f"{walk // 10:03d}" / f"nm-{walk % 10:02d}" / f"{18 * view:03d}"
        leaf.mkdir(parents=True)
        body = np.roll(bodies[number % len(bodies)], number // len(bodies), axis=0)
        (leaf / f"{18 * view:03d}.pkl").write_bytes(pickle.dumps(body))


def run_import(root: Path, out: Path, workers: int) -> dict[str, float]:
    """Imports in a process of its own; wall time, processor time and memory of it and its workers."""
    begin = time.perf_counter()
    command = [sys.executable, "-c", RUNNER, str(root), str(out), str(workers)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {"seconds": time.perf_counter() - begin, **json.loads(told)}


RUNNER = """
import json, sys, threading, psutil
from gaitprep.cli.app import app
me, used, peak, over = psutil.Process(), {}, [0], threading.Event()
def watch():
    while not over.wait(0.05):
        for process in [me, *me.children(recursive=True)]:
            try:
                used[process.pid] = sum(process.cpu_times()[:2])
                peak[0] = max(peak[0], process.memory_info().rss)
            except psutil.NoSuchProcess:
                pass
threading.Thread(target=watch).start()
root, out, workers = sys.argv[1:]
try:
    app(["import", "opengait", root, "--out", out, "--workers", workers])
except SystemExit as end:
    assert not end.code, end.code
finally:
    over.set()
print(json.dumps({"cpu_seconds": sum(used.values()), "peak_memory_mb": peak[0] / 1e6}))
"""


def main() -> None:
    """Makes two trees, imports both, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=1360)
    parser.add_argument("--frames", type=int, default=81)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as temporary:
        folder = Path(temporary)
        make_tree(folder / "tree", options.sequences, options.frames)
        make_tree(folder / "small", options.sequences // 4, options.frames)
        files = sorted((folder / "tree").rglob("*.pkl"))
        begin = time.perf_counter()
        total = sum(len(path.read_bytes()) for path in files)
        raw = time.perf_counter() - begin
        small = run_import(folder / "small", folder / "small.zarr", options.workers)
        large = run_import(folder / "tree", folder / "tree.zarr", options.workers)
        again = run_import(folder / "tree", folder / "tree.zarr", options.workers)
        frames = json.loads((folder / "tree.zarr/zarr.json").read_text())["attributes"]["gaitprep"]["frames"]
        stored = sum(path.stat().st_size for path in (folder / "tree.zarr").rglob("*") if path.is_file())
    print(
        json.dumps(
            {
                "bench": "import",
                "sequences": options.sequences,
                "frames": frames,
                "source_mb": round(total / 1e6),
                "store_bytes_per_frame": round(stored / frames),
                "workers": options.workers,
                "seconds": round(large["seconds"], 1),
                "frames_per_second": round(frames / large["seconds"]),
                "of_casia_b_seconds": round(CASIA_B_FRAMES / frames * large["seconds"]),
                "of_casia_b_cpu_seconds": round(CASIA_B_FRAMES / frames * large["cpu_seconds"]),
                "rerun_seconds": round(again["seconds"], 1),
                "raw_read_seconds": round(raw, 2),
                "peak_memory_mb": round(large["peak_memory_mb"]),
                "quarter_seconds": round(small["seconds"], 1),
                "quarter_peak_memory_mb": round(small["peak_memory_mb"]),
            }
        )
    )


if __name__ == "__main__":
    main()
