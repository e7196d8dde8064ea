"""Work files: one HDF5 file per video and stage, written once, byte-deterministic.

A group for each tracklet holds equally long datasets, one row for each frame. Groups whose name starts with `_` are
tables about the video as a whole.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaitprep.errors import WorkError
from gaitprep.run.atomic import publish

_CHUNK_BYTES = 1 << 18


class TrackletWriter:
    """One tracklet that is being written; every dataset has the same length."""

    def __init__(self, group: h5py.Group, length: int) -> None:
        self._group = group
        self._length = length

    def dataset(
        self, name: str, shape: tuple[int, ...] = (), dtype: str = "u1", *, compress: bool = False
    ) -> h5py.Dataset:
        """Makes `[length, *shape]`, to be filled by slices: contiguous, or in gzip-1 chunks of about 256 kB."""
        full = (self._length, *shape)
        if not compress or self._length == 0:
            return self._group.create_dataset(name, full, dtype)
        frame = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        rows = max(1, min(self._length, _CHUNK_BYTES // max(frame, 1)))
        return self._group.create_dataset(
            name, full, dtype, chunks=(rows, *shape), compression="gzip", compression_opts=1
        )

    def write(self, name: str, values: ArrayLike, *, compress: bool = False) -> None:
        """Writes a whole array `[length, …]`.

        Raises:
            ValueError: its length is not the tracklet's.
        """
        array = np.asarray(values)
        if len(array) != self._length:
            raise ValueError(f"{name} has {len(array)} rows in a tracklet of {self._length}")
        self.dataset(name, array.shape[1:], array.dtype.str, compress=compress)[...] = array


class WorkWriter:
    """A work file that is being written."""

    def __init__(self, file: h5py.File) -> None:
        self._file = file

    def tracklet(self, name: str, length: int, attributes: Mapping[str, Any] | None = None) -> TrackletWriter:
        """Opens the group of a tracklet of `length` frames; attributes are kept as JSON."""
        group = self._file.create_group(name)
        group.attrs["length"] = length
        group.attrs["attributes"] = json.dumps(dict(attributes or {}), sort_keys=True)
        return TrackletWriter(group, length)

    def table(self, name: str, columns: Mapping[str, ArrayLike]) -> None:
        """Writes a table about the whole video; `name` starts with `_`."""
        if not name.startswith("_"):
            raise ValueError(f"table {name!r} does not start with '_'")
        group = self._file.create_group(name)
        for column, values in columns.items():
            group.create_dataset(column, data=np.asarray(values))

    def attribute(self, name: str, value: Any) -> None:
        """Keeps a value about the whole video, as JSON (a dataset, since attributes end at 64 kB)."""
        text = np.frombuffer(json.dumps(value, sort_keys=True).encode() or b" ", dtype=np.uint8)
        self._file.require_group("_attributes").create_dataset(name, data=text)


@contextlib.contextmanager
def create_work_file(path: Path, provenance: Mapping[str, Any]) -> Iterator[WorkWriter]:
    """Writes a work file that appears whole, or not at all, when the block ends.

    Raises:
        OSError: the folder is not writable or the disk is full.
    """
    with publish(path) as temporary, h5py.File(temporary, "w", libver=("v110", "v110")) as file:
        file.attrs["provenance"] = json.dumps(dict(provenance), sort_keys=True)
        yield WorkWriter(file)


class TrackletReader(Mapping[str, h5py.Dataset]):
    """The datasets of one tracklet by name."""

    def __init__(self, group: h5py.Group) -> None:
        self._group = group

    def __getitem__(self, name: str) -> h5py.Dataset:
        return self._group[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._group)

    def __len__(self) -> int:
        return len(self._group)

    @property
    def length(self) -> int:
        """Number of frames."""
        return int(self._group.attrs["length"])

    @property
    def attributes(self) -> dict[str, Any]:
        """What the stage noted about the tracklet."""
        return dict(json.loads(self._group.attrs["attributes"]))


class WorkReader:
    """A work file that is open for reading."""

    def __init__(self, file: h5py.File) -> None:
        self._file = file

    @property
    def tracklets(self) -> list[str]:
        """Names of the tracklets, sorted."""
        return sorted(name for name in self._file if not name.startswith("_"))

    @property
    def provenance(self) -> dict[str, Any]:
        """Stage, settings, key, input digest and library versions."""
        return dict(json.loads(self._file.attrs["provenance"]))

    def __getitem__(self, tracklet: str) -> TrackletReader:
        return TrackletReader(self._file[tracklet])

    def length(self, tracklet: str) -> int:
        """Number of frames of a tracklet."""
        return self[tracklet].length

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """A table about the whole video, by column."""
        return {column: dataset[...] for column, dataset in self._file[name].items()}

    def attribute(self, name: str) -> Any:
        """A value about the whole video.

        Raises:
            KeyError: there is none of that name.
        """
        return json.loads(self._file["_attributes"][name][...].tobytes())


@contextlib.contextmanager
def open_work_file(path: Path) -> Iterator[WorkReader]:
    """Opens a work file for reading.

    Raises:
        WorkError: the file is missing, damaged or not a work file.
    """
    try:
        file = h5py.File(path, "r")
    except FileNotFoundError as error:
        raise WorkError(f"{path} is missing", next_step="run the stage that writes it again") from error
    except OSError as error:
        raise WorkError(
            f"{path} cannot be read as HDF5",
            cause=str(error),
            next_step="delete it and run its stage again",
        ) from error
    with file:
        if "provenance" not in file.attrs:
            raise WorkError(
                f"{path} is not a gaitprep work file",
                cause="it has no provenance",
                next_step="move it away and run the stage again",
            )
        yield WorkReader(file)
