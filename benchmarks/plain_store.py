"""The plain ways to keep sequences and to read windows of them, which the store is measured against."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorstore
import zarr
from bench_align import walk
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.store.inventory import StoredObject
from gaitprep.store.root import RootDocument, json_bytes
from gaitprep.store.schema import ARRAYS, ROOT, SHARD_FRAMES
from gaitprep.store.table import LABELS, SequenceTable, table_objects
from gaitprep.store.writer import complete, write_shard

PICTURES = ("rgb", "mask", "silhouette")

Window = Callable[[int, int], Any]
"""Reads 30 frames: (sequence, first frame in it)."""


def pictures(frames: int) -> dict[str, NDArray[Any]]:
    """Frames of every array, as the stages make them: crops of noise, since crops hardly compress."""
    rng = np.random.default_rng(0)
    masks = np.concatenate([walk(120, rng) for _ in range(8)])
    # Each repeat stands a pixel further, so that no two sequences are equal.
    masks = np.concatenate([np.roll(masks, number, axis=2) for number in range(-(-frames // len(masks)))])[:frames]
    arrays: dict[str, NDArray[Any]] = {spec.name: np.zeros((frames, *spec.frame_shape), spec.dtype) for spec in ARRAYS}
    arrays["rgb"] = rng.integers(0, 256, (frames, 128, 128, 3), dtype=np.uint8)
    arrays["mask"], arrays["silhouette"] = masks, normalise(masks, np.full(frames, 0.45, np.float32))
    arrays["valid"][:], arrays["ratio"][:] = True, 0.45
    arrays["frame"], arrays["pts"] = np.arange(frames), np.arange(frames) / 25
    return arrays


def write_store(
    path: Path, arrays: dict[str, NDArray[Any]], sequences: int, frames: int, *, per_subject: int = 1
) -> None:
    """A store of `sequences` sequences of `frames` frames; shards repeat `arrays`, the repeats as links."""
    total = sequences * frames
    shards: dict[str, StoredObject] = {}
    for spec in ARRAYS:
        held = len(arrays[spec.name])
        first: dict[tuple[int, int], StoredObject] = {}
        for number, start in enumerate(range(0, total, SHARD_FRAMES)):
            place = start % held, min(SHARD_FRAMES, total - start)
            key = spec.key(number)
            if place in first:
                (path / key).parent.mkdir(parents=True, exist_ok=True)
                os.link(path / first[place].key, path / key)
                shards[key] = StoredObject(key, first[place].size, first[place].digest)
            else:
                piece = arrays[spec.name][place[0] : place[0] + place[1]]
                shards[key] = first[place] = write_shard(path, spec, number, piece)
    labels = {name: [f"{number:06d}" for number in range(sequences)] for name in LABELS}
    labels["subject"] = [f"{number // per_subject:06d}" for number in range(sequences)]
    table = SequenceTable.of([frames] * sequences, labels)
    small = {f"{spec.name}/{ROOT}": json_bytes(spec.metadata(total)) for spec in ARRAYS} | table_objects(table)
    complete(path, shards, small, RootDocument("bench", total, sequences))


def write_raw(folder: Path, name: str, array: NDArray[Any], frames: int) -> None:
    """The array as one raw file, and as a pickle for each sequence."""
    folder.mkdir(parents=True, exist_ok=True)
    array.tofile(folder / f"{name}.raw")
    for number, start in enumerate(range(0, len(array), frames)):
        (folder / f"{name}-{number}.pkl").write_bytes(pickle.dumps(array[start : start + frames], protocol=5))


def plain_windows(
    folder: Path, store: Path, name: str, shape: tuple[int, ...], frames: int, window: int
) -> Iterator[tuple[str, Window]]:
    """Each plain way by its name."""
    mapped = np.memmap(folder / f"{name}.raw", np.uint8, "r", shape=shape)
    yield "memmap", lambda q, first: np.array(mapped[q * frames + first : q * frames + first + window])

    def unpickle(sequence: int, first: int) -> Any:
        with (folder / f"{name}-{sequence}.pkl").open("rb") as file:
            return pickle.load(file)[first : first + window].copy()

    yield "pickle", unpickle
    array = zarr.open_array(store / name, mode="r")
    yield "zarr-python", lambda q, first: array[q * frames + first : q * frames + first + window]
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{store}/{name}/"}}
    handle = tensorstore.open(spec, open=True, context=tensorstore.Context()).result()
    yield "tensorstore", lambda q, first: handle[q * frames + first : q * frames + first + window].read().result()
