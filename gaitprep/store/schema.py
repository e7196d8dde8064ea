"""What a store of this version holds: names, shapes and types of its arrays. `docs/format.md` is the specification."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaitprep.store.codecs import CodecName, chunk_codecs, index_codecs

SCHEMA_VERSION = 1
ROOT = "zarr.json"
SEQUENCES = "sequences"
SHARD_FRAMES = 960
SILHOUETTE_SHAPES = ((64, 44), (64, 64))


@dataclass(frozen=True)
class ArraySpec:
    """One array of the store: all sequences, one behind the other, along the frame axis.

    Attributes:
        name: of the array and of its folder.
        frame_shape: shape of one frame, `()` for a number per frame.
        dtype: Zarr v3 data type, which is also numpy's name.
        dimensions: names of the axes of a frame.
        chunk_frames: frames that are encoded together: the least that a reader must decode.
        codec: how a chunk is compressed.
        shard_frames: frames in one stored object; a multiple of `chunk_frames`.
    """

    name: str
    frame_shape: tuple[int, ...]
    dtype: str
    dimensions: tuple[str, ...] = ()
    chunk_frames: int = SHARD_FRAMES
    codec: CodecName = "raw"
    shard_frames: int = SHARD_FRAMES

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame before compression."""
        return math.prod(self.frame_shape) * np.dtype(self.dtype).itemsize

    def key(self, shard: int) -> str:
        """Name of the stored object that holds shard number `shard`, relative to the root."""
        return "/".join([self.name, "c", str(shard), *("0" for _ in self.frame_shape)])

    def metadata(self, frames: int) -> dict[str, Any]:
        """The `zarr.json` of the array when it is `frames` long."""
        sharding = {
            "chunk_shape": [self.chunk_frames, *self.frame_shape],
            "codecs": chunk_codecs(self.codec, 1 + len(self.frame_shape), self.chunk_frames * self.frame_bytes),
            "index_codecs": index_codecs(),
            "index_location": "end",
        }
        return array_metadata(
            (frames, *self.frame_shape),
            (self.shard_frames, *self.frame_shape),
            self.dtype,
            [{"name": "sharding_indexed", "configuration": sharding}],
            ("frame", *self.dimensions),
        )


def array_metadata(
    shape: tuple[int, ...],
    chunk_shape: tuple[int, ...],
    dtype: str,
    codecs: list[dict[str, Any]],
    dimensions: tuple[str, ...],
    attributes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The `zarr.json` of an array, with all that Zarr v3 asks for."""
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk_shape)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": False if dtype == "bool" else 0,
        "codecs": codecs,
        "dimension_names": list(dimensions),
        "attributes": attributes or {},
    }


def group_metadata(attributes: dict[str, Any]) -> dict[str, Any]:
    """The `zarr.json` of a group."""
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}


ARRAYS: tuple[ArraySpec, ...] = (
    ArraySpec("rgb", (128, 128, 3), "uint8", ("y", "x", "channel"), chunk_frames=10),
    ArraySpec("mask", (128, 128), "uint8", ("y", "x"), chunk_frames=10, codec="zstd-by-bit"),
    ArraySpec("silhouette", (64, 44), "uint8", ("y", "x"), chunk_frames=15, codec="zstd-by-column"),
    ArraySpec("ratio", (), "float32"),
    ArraySpec("frame", (), "int64"),
    ArraySpec("pts", (), "float64"),
    ArraySpec("box", (4,), "float32", ("corner",)),
    ArraySpec("valid", (), "bool"),
    ArraySpec("quality", (), "float32"),
)
"""The arrays in their default layout."""

ARRAY_NAMES: tuple[str, ...] = tuple(spec.name for spec in ARRAYS)

REQUIRED: tuple[str, ...] = ("frame", "valid")
"""What every store has; of the others it has what its source had, at least one of `PICTURES`."""

PICTURES: tuple[str, ...] = ("rgb", "mask", "silhouette")


def is_small(key: str) -> bool:
    """Whether an object holds metadata or a part of the table of sequences, and not frames."""
    return key.endswith(ROOT) or key.startswith(f"{SEQUENCES}/")


def with_layout(
    specs: tuple[ArraySpec, ...], shard_frames: int, layouts: dict[str, tuple[int, CodecName]]
) -> tuple[ArraySpec, ...]:
    """`specs` with another shard length, and with (chunk frames, codec) for the arrays named in `layouts`."""
    changed = []
    for spec in specs:
        chunk_frames, codec = layouts.get(spec.name, (shard_frames, spec.codec))
        changed.append(replace(spec, shard_frames=shard_frames, chunk_frames=chunk_frames, codec=codec))
    return tuple(changed)
