"""The layout of an array as its metadata gives it, refused where it is not what the format says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from gaitprep.errors import SchemaMismatch, StoreError
from gaitprep.store.codecs import codec_of
from gaitprep.store.place import Folder, Place
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, ROOT, SILHOUETTE_SHAPES, ArraySpec


def read_spec(path: Path, name: str, frames: int) -> ArraySpec:
    """The layout of an array of the store in folder `path`. Raises as `array_spec`."""
    return array_spec(Folder(path), name, frames)


def array_spec(place: Place, name: str, frames: int) -> ArraySpec:
    """The layout of array `name` of the store at `place`, whose frame axis is `frames` long.

    Raises:
        StoreError: a store has no such array.
        SchemaMismatch: the array is not as this version of the format says.
    """
    if name not in ARRAY_NAMES:
        raise StoreError(f"a store has no array {name!r}", next_step=f"there are {', '.join(ARRAY_NAMES)}")
    spec = ARRAYS[ARRAY_NAMES.index(name)]
    found = json.loads(place.read(f"{name}/{ROOT}"))
    try:
        sharding = found["codecs"][0]["configuration"]
        spec = replace(
            spec,
            frame_shape=_frame_shape(spec, tuple(found["shape"][1:])),
            shard_frames=found["chunk_grid"]["configuration"]["chunk_shape"][0],
            chunk_frames=sharding["chunk_shape"][0],
            codec=codec_of(sharding["codecs"]),
        )
        fits = found == spec.metadata(frames)
    except (KeyError, IndexError, TypeError):
        fits = False
    if not fits:
        raise SchemaMismatch(
            f"{place.name}: {name}/{ROOT} is not as the format says",
            next_step="run gaitprep pack again with its work folder",
        )
    return spec


def _frame_shape(spec: ArraySpec, found: tuple[int, ...]) -> tuple[int, ...]:
    """Silhouettes come in two widths, everything else as the schema says."""
    return found if spec.name == "silhouette" and found in SILHOUETTE_SHAPES else spec.frame_shape
