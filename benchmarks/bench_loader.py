"""The loader against the reader, waiting in training, and how start and memory grow; JSON lines on stdout.

    python benchmarks/bench_loader.py [--sequences 200] [--frames 90] [--batches 40] [--rounds 5] [--clock wall|cpu]
                                      [--only throughput|training|start] [--dir DIR]

Throughput: the batches of the recognition and the joint phase with the presets `cpu` (8×2 clips of 9 frames) and
`paper` (8×8 clips of 30 silhouettes, 8×4 of 30 crops with masks). In each round the reader reads the windows of all
batches into one array as large as a batch, and then the loader gives the same batches with 1 and 2 threads to a
consumer that does nothing. The share is the loader's speed by the reader's; above 1 where threads help. No decoded
chunk is kept. `--clock cpu` takes processor time, for a machine that others use; it says nothing for a second thread.

Training: `train` runs a few steps of the recognition and the joint phase with preset `cpu`; the share of waiting is
what the journals of these runs say, the wait for the first batch included.

Start: for stores of 100 to 13,600 sequences, whose shards are links to a few, a process of its own opens the store,
chooses the training sequences and reads 50 batches of 8×2 clips of 9 crops with masks. `first_batch_seconds` begins
before the store is opened and ends with the first batch; imports are not in it, `open_seconds` is its first part.
`memory_mb` is the largest resident set at any batch, less what the process had before it opened the store.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from plain_store import pictures, write_store

from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.schema import SHARD_FRAMES
from gaitprep.train import joint, recognition
from gaitprep.train.batches import Batches
from gaitprep.train.config import PhaseName, TrainSettings
from gaitprep.train.folder import RunFolder, read_log
from gaitprep.train.loop import Execution
from gaitprep.train.network import Parts
from gaitprep.train.preset import phase_config
from gaitprep.train.runner import Request, train
from gaitprep.train.sampler import ClipSampler
from gaitprep.train.sequences import training_sequences

PER_SUBJECT = 10
CASIA_B = 13_600
GROWTH = (100, 1000, 10_000, CASIA_B)


@dataclass(frozen=True)
class Wanted:
    """What is read together: the arrays, and P×K clips of so many frames."""

    name: str
    arrays: tuple[str, ...]
    subjects: int = 8
    per_subject: int = 2
    frames: int = 9

    def batches(self, reader: StoreReader) -> Batches:
        """The loader of it."""
        sequences = training_sequences(reader)
        sampler = ClipSampler(
            sequences, subjects=self.subjects, per_subject=self.per_subject, frames=self.frames, seed=1
        )
        return Batches(reader, sequences, sampler, self.arrays, clips=True)


WANTED = (
    Wanted("recognition, cpu", recognition.ARRAYS),
    Wanted("recognition, paper", recognition.ARRAYS, per_subject=8, frames=30),
    Wanted("joint, cpu", joint.ARRAYS),
    Wanted("joint, paper", joint.ARRAYS, per_subject=4, frames=30),
)


def throughput(store: Path, options: argparse.Namespace) -> None:
    """Reads the same batches by the reader and through the loader."""
    now = time.process_time if options.clock == "cpu" else time.perf_counter
    for wanted in WANTED:
        reader = open_store(store, cache_bytes=0)
        batches = wanted.batches(reader)
        count = options.batches if wanted.frames < 30 else max(4, options.batches // 5)
        ways: dict[str, Callable[[], None]] = {"reader": by_reader(reader, batches, count)}
        for threads in (1, 2):
            ways[str(threads)] = partial(by_loader, batches, count, threads)
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(options.rounds + 1):
            for way, read in ways.items():
                begin = now()
                read()
                if number:  # the first round checks what it touches
                    seconds[way].append(now() - begin)
        size = sum(array.nbytes for array in batches.read(0).arrays.values()) * count
        line: dict[str, Any] = {"bench": "loader", "batches_of": wanted.name, "clock": options.clock}
        line["reader_mb_per_second"] = round(size / 1e6 / statistics.median(seconds["reader"]))
        for threads in ("1", "2"):
            pairs = zip(seconds["reader"], seconds[threads], strict=True)
            line[f"share_{threads}_threads"] = round(statistics.median(raw / own for raw, own in pairs), 3)
        print(json.dumps(line), flush=True)


def by_loader(batches: Batches, count: int, threads: int) -> None:
    """Takes `count` batches and does nothing with them."""
    deque(batches.stream(0, count, threads), maxlen=0)


def by_reader(reader: StoreReader, batches: Batches, count: int) -> Callable[[], None]:
    """Reads the windows of `count` batches one by one, each to its place in an array of a batch."""
    rows = training_sequences(reader).rows
    drawn = [[(int(rows[draw.sequence]), draw.frames) for draw in batches.sampler.draw(step)] for step in range(count)]
    targets = {name: np.empty_like(array) for name, array in batches.read(0).arrays.items()}

    def read() -> None:
        for draws in drawn:
            for name, target in targets.items():
                for place, (row, frames) in enumerate(draws):
                    reader.take(name, row, frames, target[place])

    return read


def training(store: Path, folder: Path) -> None:
    """Trains a few steps of each phase and adds up what their journals say."""
    quiet, parts = Events(quiet=True), None
    phases: tuple[tuple[PhaseName, int], ...] = (("segmentation", 2), ("recognition", 20), ("joint", 4))
    for phase, steps in phases:
        if phase == "joint":
            parts = Parts(*(folder / name / "model.safetensors" for name in ("segmentation", "recognition")))
        config = phase_config(phase, TrainSettings(), steps=steps)
        out = folder / phase
        train(Request(phase, config, "cpu", store, parts=parts), out, Execution(), quiet)
        log = list(read_log(RunFolder(out).log))
        waited, seconds = (sum(float(line[name]) for line in log) for name in ("waited", "seconds"))
        line: dict[str, object] = {"bench": "waiting", "phase": phase, "preset": "cpu", "steps": steps}
        line |= {"seconds": round(seconds, 2), "waited_seconds": round(waited, 3)}
        line |= {"waited_share": round(waited / seconds, 4), "target": 0.02}
        print(json.dumps(line), flush=True)


def begin_to_read(store: Path) -> dict[str, float]:
    """Opens a store and reads from it, in a process of its own."""
    process = psutil.Process()
    before = process.memory_info().rss
    begin = time.perf_counter()
    reader = open_store(store)
    opened = time.perf_counter() - begin
    stream = Wanted("joint, cpu", joint.ARRAYS).batches(reader).stream(0, 50)
    next(stream)
    first = time.perf_counter() - begin
    peak = max(process.memory_info().rss for _ in stream)
    return {
        "open_seconds": round(opened, 3),
        "first_batch_seconds": round(first, 3),
        "memory_mb": round((peak - before) / 1e6),
    }


def start(folder: Path, frames: int) -> None:
    """Times the first batch of ever larger stores."""
    arrays = pictures(4 * SHARD_FRAMES)
    for sequences in GROWTH:
        store = folder / str(sequences)
        write_store(store, arrays, sequences, frames, per_subject=PER_SUBJECT)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.submit(begin_to_read, store).result()
        print(json.dumps({"bench": "start", "sequences": sequences, **found}), flush=True)


def main() -> None:
    """Measures in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--only", choices=("throughput", "training", "start"))
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as temporary:
        folder = Path(temporary)
        if options.only != "start":
            arrays = pictures(options.sequences * options.frames)
            write_store(folder / "store", arrays, options.sequences, options.frames, per_subject=PER_SUBJECT)
        if options.only in (None, "throughput"):
            throughput(folder / "store", options)
        if options.only in (None, "training"):
            training(folder / "store", folder / "runs")
        if options.only in (None, "start"):
            start(folder, options.frames)


if __name__ == "__main__":
    main()
