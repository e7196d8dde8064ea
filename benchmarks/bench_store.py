"""Milliseconds a random window against the plain ways, MB/s of verify, and growth; JSON lines, then a table on stderr.

    python benchmarks/bench_store.py [--sequences 200] [--frames 90] [--window 30] [--windows 100] [--rounds 7]
                                     [--clock wall|cpu] [--growth] [--dir DIR]

Windows of crops, masks and silhouettes: a copy out of a memory map, unpickling the whole sequence and slicing it,
zarr-python, tensorstore, and the store's reader. The reader is measured with its cache of decoded chunks and without
(`gaitprep-uncached`; raw arrays are never cached). In each round every way reads the same windows in turn. Warm: the
second pass over the files onwards. Cold: before each way's turn all its files are dropped from the page cache, and as
many windows are read as there are sequences, each of another sequence. Figures are medians of the rounds. On a machine
that others use, `--clock cpu` counts processor time of warm windows, the kernel's share included, in place of wall
time. `--growth` instead opens stores of 100 to 10,000 sequences, whose shards are links to a few, and times the first
reading of random windows, which also checks what it touches, and reading them again, without the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from plain_store import PICTURES, Window, pictures, plain_windows, write_raw, write_store

from gaitprep.store.reader import open_store
from gaitprep.store.schema import SHARD_FRAMES
from gaitprep.store.verify import verify


def ours(store: Path, name: str, window: int, **options: int) -> Window:
    """The store's reader, opened anew."""
    reader = open_store(store, **options)
    starts = reader.sequences.start.tolist()
    return lambda sequence, first: reader.read(name, starts[sequence] + first, starts[sequence] + first + window)


def drop(paths: Iterable[Path]) -> None:
    """Puts files out of the page cache."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def timed(read: Window, windows: list[tuple[int, int]], clock: str) -> float:
    """Milliseconds a window."""
    now = time.process_time if clock == "cpu" else time.perf_counter
    begin = now()
    for sequence, first in windows:
        read(sequence, first)
    return (now() - begin) / len(windows) * 1000


def compare(folder: Path, options: argparse.Namespace) -> None:
    """Times every way for every array, warm and cold."""
    total = options.sequences * options.frames
    arrays = pictures(total)
    write_store(folder / "store", arrays, options.sequences, options.frames)
    rng = np.random.default_rng(1)
    last = options.frames - options.window + 1
    files = [path for path in (folder / "store").rglob("*") if path.is_file()]
    lines = []
    for name in PICTURES:
        write_raw(folder / "plain", name, arrays[name], options.frames)
        shape = arrays[name].shape
        ways = dict(plain_windows(folder / "plain", folder / "store", name, shape, options.frames, options.window))
        ways["gaitprep"] = ours(folder / "store", name, options.window)
        ways["gaitprep-uncached"] = ours(folder / "store", name, options.window, cache_bytes=0)
        own = {"pickle": [*(folder / "plain").glob(f"{name}-*.pkl")]}
        for state in ("warm", "cold"):
            seconds: dict[str, list[float]] = {way: [] for way in ways}
            for number in range(options.rounds + 1):
                count = options.sequences if state == "cold" else options.windows
                sequences = rng.permutation(np.resize(np.arange(options.sequences), count))
                windows = list(zip(sequences.tolist(), rng.integers(0, last, count).tolist(), strict=True))
                for way, read in ways.items():
                    if state == "cold" and way == "memmap":
                        continue  # pages that a process has mapped cannot be dropped
                    if state == "cold":
                        drop(own.get(way, files))
                        if way.startswith("gaitprep"):  # nothing of an earlier round may be in memory either
                            kept = {} if way == "gaitprep" else {"cache_bytes": 0}
                            read = ours(folder / "store", name, options.window, **kept)
                    elif number == 0:
                        for sequence in range(options.sequences):
                            read(sequence, 0), read(sequence, last - 1)
                    seconds[way].append(timed(read, windows, options.clock if state == "warm" else "wall"))
            for way in (way for way in ways if seconds[way]):
                line = {"bench": "store", "array": name, "cache": state, "reader": way}
                lines.append(line | {"window_ms": round(statistics.median(seconds[way][1:]), 4)})
                print(json.dumps(lines[-1]), flush=True)
        for path in (folder / "plain").iterdir():
            path.unlink()
    table(lines)
    for fast in (True, False):
        taken = []
        for _ in range(1 if fast else options.rounds):
            begin, processor = time.perf_counter(), time.process_time()
            report = verify(folder / "store", fast)
            taken.append((time.perf_counter() - begin, time.process_time() - processor))
        seconds, processor = (statistics.median(column) for column in zip(*taken, strict=True))
        line = {"bench": "verify", "fast": fast, "bytes": report.bytes, "whole": report.whole}
        line |= {"seconds": round(seconds, 3), "mb_per_second": round(report.bytes / 1e6 / seconds)}
        print(json.dumps(line | {"mb_per_cpu_second": round(report.bytes / 1e6 / processor)}), flush=True)


def table(lines: list[dict[str, object]]) -> None:
    """The figures as people read them."""
    ways = list(dict.fromkeys(str(line["reader"]) for line in lines))
    print(f"{'ms a window':18}" + "".join(f"{way:>18}" for way in ways), file=sys.stderr)
    for name, state in dict.fromkeys((line["array"], line["cache"]) for line in lines):
        row = {line["reader"]: line["window_ms"] for line in lines if (line["array"], line["cache"]) == (name, state)}
        print(f"{name!s:11}{state!s:7}" + "".join(f"{row.get(way, '')!s:>18}" for way in ways), file=sys.stderr)


def growth(folder: Path, options: argparse.Namespace) -> None:
    """Times opening and windows in ever larger stores."""
    arrays = pictures(4 * SHARD_FRAMES)
    for sequences in (100, 316, 1000, 3162, 10000):
        store = folder / str(sequences)
        write_store(store, arrays, sequences, options.frames)
        begin = time.perf_counter()
        open_store(store)
        line: dict[str, object] = {"bench": "growth", "sequences": sequences}
        line["open_ms"] = round((time.perf_counter() - begin) * 1000, 1)
        rng = np.random.default_rng(0)
        for name in PICTURES:
            first, again = [], []
            for _ in range(options.rounds):
                read = ours(store, name, options.window, cache_bytes=0)
                rows = rng.integers(0, sequences, options.windows).tolist()
                places = rng.integers(0, options.frames - options.window + 1, options.windows).tolist()
                windows = list(zip(rows, places, strict=True))
                first.append(timed(read, windows, options.clock))
                again.append(timed(read, windows, options.clock))
            line[name] = {
                "first_ms": round(statistics.median(first), 4),
                "again_ms": round(statistics.median(again), 4),
            }
        print(json.dumps(line), flush=True)


def main() -> None:
    """Measures in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--window", type=int, default=30)
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as temporary:
        (growth if options.growth else compare)(Path(temporary), options)


if __name__ == "__main__":
    main()
