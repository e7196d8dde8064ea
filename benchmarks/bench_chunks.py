"""Time of a random window against chunk length and codec, page cache warm; JSON lines on stdout.

    python benchmarks/bench_chunks.py [--shards 4] [--window 30] [--windows 150] [--rounds 3] [--clock wall|cpu]

For each array of pictures: a memory-mapped copy of the same frames, the store's reader without its cache of decoded
chunks for every layout, and zarr-python for the layout that is the default. Times are the best round's mean, in
milliseconds. This is the measurement behind `gaitprep/store/schema.py`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import zarr
from bench_align import walk
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.store.arrays import open_array
from gaitprep.store.codecs import CodecName
from gaitprep.store.place import Folder
from gaitprep.store.schema import ARRAYS, SHARD_FRAMES, ArraySpec
from gaitprep.store.writer import write_shard


def pictures(rng: np.random.Generator) -> dict[str, NDArray[np.uint8]]:
    """One shard of crops, masks and silhouettes as the stages make them."""
    masks = np.concatenate([walk(120, rng)] * (SHARD_FRAMES // 120))
    return {
        "rgb": rng.integers(0, 256, (SHARD_FRAMES, 128, 128, 3), dtype=np.uint8),
        "mask": masks,
        "silhouette": normalise(masks, np.full(len(masks), 0.45, np.float32)),
    }


def timed(read: Callable[[int], Any], starts: list[int], rounds: int, clock: str) -> float:
    """Milliseconds a window."""
    now = time.process_time if clock == "cpu" else time.perf_counter
    best = float("inf")
    for _ in range(rounds):
        begin = now()
        for start in starts:
            read(start)
        best = min(best, now() - begin)
    return round(best / len(starts) * 1000, 3)


def store(folder: Path, spec: ArraySpec, frames: NDArray[np.uint8], shards: int) -> int:
    """Writes the array; returns its bytes."""
    size = sum(write_shard(folder, spec, number, frames).size for number in range(shards))
    (folder / spec.name / "zarr.json").write_text(json.dumps(spec.metadata(SHARD_FRAMES * shards)))
    return size


def main() -> None:
    """Writes every layout in turn and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--window", type=int, default=30)
    parser.add_argument("--windows", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: for a machine that others use")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    total = options.shards * SHARD_FRAMES
    starts = rng.integers(0, total - options.window, options.windows).tolist()

    def say(spec: ArraySpec, reader: str, read: Callable[[int], Any], size: float | None = None) -> None:
        line = {"bench": "chunks", "array": spec.name, "reader": reader}
        if reader != "memmap":
            line |= {"codec": spec.codec, "chunk_frames": spec.chunk_frames, "default": spec in ARRAYS}
        line["window_ms"] = timed(read, starts, options.rounds, options.clock)
        print(json.dumps(line if size is None else line | {"bytes_per_frame": round(size / total)}), flush=True)

    for name, frames in pictures(rng).items():
        default = next(spec for spec in ARRAYS if spec.name == name)
        with tempfile.TemporaryDirectory() as temporary:
            raw = Path(temporary) / "raw"
            with raw.open("wb") as file:
                for _ in range(options.shards):
                    file.write(frames.data)
            mapped = np.memmap(raw, np.uint8, "r", shape=(total, *default.frame_shape))
            say(default, "memmap", lambda start, mapped=mapped: np.array(mapped[start : start + options.window]))
        for codec in ("raw",) if name == "rgb" else get_args(CodecName):
            for chunk_frames in (10, 15, 30, 60) if name != "silhouette" else (10, 15, 30, 60, 120):
                spec = replace(default, codec=codec, chunk_frames=chunk_frames)
                with tempfile.TemporaryDirectory() as temporary:
                    folder = Path(temporary)
                    size = store(folder, spec, frames, options.shards)
                    objects = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*/*")}
                    array = open_array(Folder(folder), name, total, objects)
                    out = np.empty((options.window, *spec.frame_shape), np.uint8)
                    say(
                        spec,
                        "gaitprep",
                        lambda start, array=array, out=out: array.read(start, start + options.window, out),
                        size,
                    )
                    if spec == default:
                        plain = zarr.open_array(folder / name, mode="r")
                        say(spec, "zarr-python", lambda start, plain=plain: plain[start : start + options.window])


if __name__ == "__main__":
    main()
