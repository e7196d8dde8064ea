"""The layout of an array as its metadata gives it, refused where it is not what the format says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

from gaitprep.errors import SchemaMismatch, StoreError
from gaitprep.store.codecs import CodecName
from gaitprep.store.place import Folder
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, ROOT, SILHOUETTE_SHAPES, ArraySpec


def check_array(path: str, name: str, there: tuple[str, ...]) -> None:
    """Says so when a store lacks an array, or no store has one of that name.

    Args:
        path: the store, a path or URL.
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
    """The layout of an array of the store in folder `path`. Raises as `array_spec`."""
    place = Folder(path)
    return array_spec(place.read, place.name, name, frames)


def array_spec(fetch: Callable[[str], bytes], store: str, name: str, frames: int) -> ArraySpec:
    """The layout of an array.

    Args:
        fetch: gives the content of a stored object by its name.
        store: path or URL, for messages.
        name: of the array.
        frames: length of the frame axis.

    Raises:
        SchemaMismatch: the array is not as this version of the format says.
    """
    spec = ARRAYS[ARRAY_NAMES.index(name)]
    found = json.loads(fetch(f"{name}/{ROOT}"))
    try:
        spec = replace(
            spec,
            frame_shape=_frame_shape(spec, tuple(found["shape"][1:])),
            shard_frames=found["chunk_grid"]["configuration"]["chunk_shape"][0],
            chunk_frames=found["codecs"][0]["configuration"]["chunk_shape"][0],
        )
        fitting = [codec for codec in get_args(CodecName) if found == replace(spec, codec=codec).metadata(frames)]
    except (KeyError, IndexError, TypeError):
        fitting = []
    if not fitting:
        raise SchemaMismatch(
            f"{store}: {name}/{ROOT} is not as the format says",
            next_step="run gaitprep pack again with its work folder",
        )
    return replace(spec, codec=fitting[0])


def _frame_shape(spec: ArraySpec, found: tuple[int, ...]) -> tuple[int, ...]:
    """Silhouettes come in two widths, everything else as the schema says."""
    return found if spec.name == "silhouette" and found in SILHOUETTE_SHAPES else spec.frame_shape
