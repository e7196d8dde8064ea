"""Opens one array of a store with tensorstore, such that a missing object is an error and never the fill value."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tensorstore

from gaitprep.errors import SchemaMismatch, StoreError
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, ROOT, SILHOUETTE_SHAPES, ArraySpec


@dataclass(frozen=True)
class OpenArray:
    """An array and tensorstore's handle on it."""

    spec: ArraySpec
    handle: Any


def open_array(path: Path, name: str, frames: int, context: tensorstore.Context) -> OpenArray:
    """Opens array `name` of the store at `path`.

    Raises:
        SchemaMismatch: the array is not as this version of the format says.
    """
    spec = read_spec(path, name, frames)
    handle = tensorstore.open(
        {
            "driver": "zarr3",
            "kvstore": {"driver": "file", "path": f"{path.absolute()}/{name}/"},
            "fill_missing_data_reads": False,
            # What was published is never changed in place, so metadata need not be read again.
            "recheck_cached_metadata": "open",
        },
        open=True,
        read=True,
        context=context,
    ).result()
    return OpenArray(spec, handle)


def check_array(path: Path, name: str, there: tuple[str, ...]) -> None:
    """Says so when a store lacks an array, or no store has one of that name.

    Args:
        path: the store.
        name: of the array that is wanted.
        there: the arrays that the store has.

    Raises:
        StoreError: it is not there.
    """
    if name not in ARRAY_NAMES:
        raise StoreError(f"a store has no array {name!r}", next_step=f"there are {', '.join(ARRAY_NAMES)}")
    if name not in there:
        raise StoreError(
            f"{path} has no {name}",
            cause=f"it was made from a source without; it has {', '.join(there)}",
            next_step="use a store that has it, or a network that needs silhouettes only",
        )


def read_spec(path: Path, name: str, frames: int) -> ArraySpec:
    """The layout of an array as its metadata gives it. Raises as `open_array`."""
    spec = ARRAYS[ARRAY_NAMES.index(name)]
    found = json.loads((path / name / ROOT).read_bytes())
    try:
        sharding = found["codecs"][0]["configuration"]
        spec = replace(
            spec,
            frame_shape=_frame_shape(spec, tuple(found["shape"][1:])),
            shard_frames=found["chunk_grid"]["configuration"]["chunk_shape"][0],
            chunk_frames=sharding["chunk_shape"][0],
            codec="raw" if len(sharding["codecs"]) == 2 else "zstd",
        )
        fits = found == spec.metadata(frames)
    except (KeyError, IndexError, TypeError):
        fits = False
    if not fits:
        raise SchemaMismatch(
            f"{path}: {name}/{ROOT} is not as the format says", next_step="run gaitprep pack again with its work folder"
        )
    return spec


def _frame_shape(spec: ArraySpec, found: tuple[int, ...]) -> tuple[int, ...]:
    """Silhouettes come in two widths, everything else as the schema says."""
    return found if spec.name == "silhouette" and found in SILHOUETTE_SHAPES else spec.frame_shape
