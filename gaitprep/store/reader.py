"""Reads a store: windows, whole sequences and chosen frames, as numpy arrays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import tensorstore
from numpy.typing import ArrayLike, NDArray

from gaitprep.errors import StoreError
from gaitprep.manifest.protocol import Protocol
from gaitprep.store.arrays import OpenArray, check_array, open_array
from gaitprep.store.inventory import REPAIR, Inventory
from gaitprep.store.root import RootDocument, read_root
from gaitprep.store.schema import ROOT, SEQUENCES
from gaitprep.store.table import SequenceTable, read_table

_DENSE = 4


def open_store(path: str | Path) -> StoreReader:
    """Opens a store after checking that it is whole: every object there with its size, the small ones by digest.

    Raises:
        StoreError: no store at `path`, an unfinished one, or a foreign Zarr group.
        SchemaMismatch: written by another version of the format.
        ShardMissing: an object is missing; it is named.
        ShardAltered: an object has another size or other content than listed; it is named.
    """
    root = Path(path)
    document, inventory = read_root(root)
    problems = inventory.check_sizes(root)
    if problems:
        raise problems[0].error(root, cause=f"{len(problems)} of {len(inventory)} objects are missing or altered")
    for key in inventory:
        small = key.endswith(ROOT) or key.startswith(f"{SEQUENCES}/")
        if small and (problem := inventory.check_content(root, key)):
            raise problem.error(root)
    return StoreReader(root, document, inventory)


class StoreReader:
    """An open store, made by `open_store`. Threads may share it; a process forked off must not use it.

    Attributes:
        path: the store.
        inventory: every stored object with size and digest.
        sequences: where each sequence lies, and its labels.
    """

    def __init__(self, path: Path, document: RootDocument, inventory: Inventory) -> None:
        self.path = path
        self.inventory = inventory
        self.sequences: SequenceTable = read_table(lambda key: (path / key).read_bytes())
        self._document = document
        self._arrays: dict[str, OpenArray] = {}
        self._context = tensorstore.Context({"cache_pool": {"total_bytes_limit": 0}})

    @property
    def name(self) -> str:
        """Name of the domain."""
        return self._document.name

    @property
    def frames(self) -> int:
        """Length of the frame axis."""
        return self._document.frames

    @property
    def arrays(self) -> tuple[str, ...]:
        """The arrays that it has; a store made of silhouettes alone has no `rgb`."""
        return self.inventory.arrays

    def require(self, names: Iterable[str]) -> None:
        """Says early what a store lacks.

        Raises:
            StoreError: it has no such array; named with what it has.
        """
        for name in names:
            check_array(self.path, name, self.arrays)

    @property
    def protocol(self) -> Protocol | None:
        """Protocol of the data set, None where it has none."""
        return self._document.protocol

    @property
    def provenance(self) -> dict[str, Any]:
        """Stages, settings and versions that made the store."""
        return self._document.provenance

    @property
    def excluded(self) -> list[dict[str, str]]:
        """What was left out, and why: rows of {video, tracklet, reason}."""
        return self._document.excluded

    def read(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Frames `start` to `stop` of the frame axis, `[stop - start, ...]`.

        Args:
            name: of the array, one of `schema.ARRAY_NAMES`.
            start: first frame.
            stop: one behind the last.

        Raises:
            IndexError: outside the frame axis.
            StoreError: no such array, or an object is missing or altered (`ShardMissing`, `ShardAltered`).
        """
        if not 0 <= start <= stop <= self.frames:
            raise IndexError(f"frames {start} to {stop} are outside 0 to {self.frames}")
        array = self._array(name)
        try:
            return np.asarray(array.handle[start:stop].read().result())
        except (ValueError, OSError) as error:
            raise self._diagnose(array, range(start, stop), error) from error

    def sequence(self, name: str, index: int) -> NDArray[Any]:
        """All frames of sequence number `index`, `[length, ...]`. Raises as `read`."""
        start = int(self.sequences.start[index])
        return self.read(name, start, start + int(self.sequences.length[index]))

    def take(self, name: str, index: int, indices: ArrayLike) -> NDArray[Any]:
        """Frames of sequence number `index` by their positions in it, in any order and repeated at will.

        Args:
            name: of the array.
            index: number of the sequence.
            indices: positions counted from the start of the sequence, `[k]` int.

        Returns:
            `[k, ...]`, in the order of `indices`.

        Raises:
            IndexError: a position is outside the sequence.
            StoreError: as `read`.
        """
        wanted = np.asarray(indices, np.int64)
        length = int(self.sequences.length[index])
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < length:
            raise IndexError(f"positions {wanted.min()} to {wanted.max()} are outside a sequence of {length} frames")
        if not wanted.size:
            return self.read(name, 0, 0)
        wanted = wanted + int(self.sequences.start[index])
        first, stop = int(wanted.min()), int(wanted.max()) + 1
        if stop - first <= _DENSE * len(wanted):
            # Whole runs are read faster than single frames, even when most of a run is thrown away.
            frames = self.read(name, first, stop)
            return frames if _is_run(wanted) else frames[wanted - first]
        array = self._array(name)
        try:
            return np.asarray(array.handle[wanted].read().result())
        except (ValueError, OSError) as error:
            raise self._diagnose(array, wanted.tolist(), error) from error

    def _array(self, name: str) -> OpenArray:
        if name not in self._arrays:
            self.require((name,))
            self._arrays[name] = open_array(self.path, name, self.frames, self._context)
        return self._arrays[name]

    def _diagnose(self, array: OpenArray, frames: Iterable[int], error: Exception) -> StoreError:
        """Finds the object that is at fault for a failed read."""
        for shard in sorted({frame // array.spec.shard_frames for frame in frames}):
            if problem := self.inventory.check_content(self.path, array.spec.key(shard)):
                return problem.error(self.path)
        return StoreError(f"{self.path}: {array.spec.name} cannot be read", cause=str(error), next_step=REPAIR)


def _is_run(positions: NDArray[np.int64]) -> bool:
    return bool((np.diff(positions) == 1).all())
