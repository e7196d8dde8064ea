"""Reads a store: windows, whole sequences and chosen frames, as numpy arrays or into memory of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaitprep.errors import StoreError
from gaitprep.manifest.protocol import Protocol
from gaitprep.run.digest import digest_bytes
from gaitprep.store.arrays import ShardedArray
from gaitprep.store.cache import ChunkCache
from gaitprep.store.inventory import REPAIR, Inventory
from gaitprep.store.layout import array_spec, check_array
from gaitprep.store.place import Place, place_of
from gaitprep.store.root import RootDocument, root_at
from gaitprep.store.schema import ArraySpec, is_small
from gaitprep.store.table import SequenceTable, read_table

CACHE_BYTES = 64_000_000
"""Decoded chunks that a reader keeps: the silhouettes of 250 sequences."""

_NEAR = 4


def open_store(path: str | Path, *, cache_bytes: int = CACHE_BYTES) -> StoreReader:
    """Opens a store after checking that it is whole: every object there with its size, the small ones by digest.

    Args:
        path: a folder, or a URL: `s3://bucket/path`, `gs://…`, `az://…`, `https://…`, `file://…`.
        cache_bytes: decoded chunks of compressed arrays that are kept in memory; 0 keeps none.

    Raises:
        StoreError: no store at `path`, an unfinished one, or a foreign Zarr group.
        SchemaMismatch: written by another version of the format.
        ShardMissing: an object is missing; it is named.
        ShardAltered: an object has another size or other content than listed; it is named.
    """
    place = place_of(path)
    document, inventory = root_at(place)
    try:
        problems = inventory.wrong_sizes(place)
        if problems:
            raise problems[0].error(
                place.name, cause=f"{len(problems)} of {len(inventory)} objects are missing or altered"
            )
        small = {}
        for key in inventory:
            if is_small(key):
                small[key] = place.read(key)
                if problem := inventory.judge(key, len(small[key]), digest_bytes(small[key])):
                    raise problem.error(place.name)
        return StoreReader(Path(path), document, inventory, place=place, small=small, cache_bytes=cache_bytes)
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(f"{place.name} cannot be read", cause=str(error), next_step="try again") from error


class StoreReader:
    """An open store, made by `open_store`. Threads may share it.

    Attributes:
        path: the store.
        inventory: every stored object with size and digest.
        sequences: where each sequence lies, and its labels.
    """

    def __init__(
        self,
        path: Path,
        document: RootDocument,
        inventory: Inventory,
        *,
        place: Place | None = None,
        small: Mapping[str, bytes] | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.path = path
        self.inventory = inventory
        self._place = place or place_of(path)
        fetch = small.__getitem__ if small else self._place.read
        self.sequences: SequenceTable = read_table(fetch)
        self._document = document
        sizes = {key: item.size for key, item in inventory.items()}
        tails = {key: item.tail for key, item in inventory.items() if item.tail is not None}
        cache = ChunkCache(cache_bytes)
        # The layout is taken now, since an append to the store may change it later.
        self._arrays = {
            name: ShardedArray(self._place, array_spec(fetch, self._place.name, name, self.frames), sizes, cache, tails)
            for name in self.arrays
        }
        ends = self.sequences.start + self.sequences.length
        gaps = np.flatnonzero(self.sequences.start[1:] > ends[:-1])
        self._gaps = [(int(ends[row]), int(self.sequences.start[row + 1])) for row in gaps]

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

    def spec(self, name: str) -> ArraySpec:
        """Shape, type and layout of an array. Raises `StoreError` where there is none."""
        return self._array(name).spec

    def require(self, names: Iterable[str]) -> None:
        """Says early what a store lacks.

        Raises:
            StoreError: it has no such array; named with what it has.
        """
        for name in names:
            check_array(self._place.name, name, self.arrays)

    @property
    def protocol(self) -> Protocol | None:
        """Protocol of the data set, None where it has none."""
        return self._document.protocol

    @property
    def document(self) -> RootDocument:
        """All that the root says but the inventory."""
        return self._document

    @property
    def provenance(self) -> dict[str, Any]:
        """Stages, settings and versions that made the store."""
        return self._document.provenance

    @property
    def excluded(self) -> list[dict[str, str]]:
        """What was left out, and why: rows of {video, tracklet, reason}."""
        return self._document.excluded

    def read(self, name: str, start: int, stop: int, out: Any = None) -> NDArray[Any]:
        """Frames `start` to `stop` of the frame axis, `[stop - start, ...]`.

        Args:
            name: of the array, one of `schema.ARRAY_NAMES`.
            start: first frame.
            stop: one behind the last.
            out: where to put them, without another copy: a C-contiguous array, or a tensor on the CPU.

        Returns:
            The frames; with `out`, as a view of it.

        Raises:
            IndexError: outside the frame axis.
            ValueError: `out` has another shape or type, or is not contiguous.
            StoreError: no such array, or an object is missing or altered (`ShardMissing`, `ShardAltered`).
        """
        if not 0 <= start <= stop <= self.frames:
            raise IndexError(f"frames {start} to {stop} are outside 0 to {self.frames}")
        array = self._array(name)
        frames = _target(array, stop - start, out)
        try:
            for first, last in self._held(start, stop, frames):
                array.read(first, last, frames[first - start : last - start])
        except (ValueError, OSError) as error:
            raise self._diagnose(array, start, stop, error) from error
        return frames

    def sequence(self, name: str, index: int, out: Any = None) -> NDArray[Any]:
        """All frames of sequence number `index`, `[length, ...]`. Raises as `read`."""
        start = int(self.sequences.start[index])
        return self.read(name, start, start + int(self.sequences.length[index]), out)

    def take(self, name: str, index: int, indices: ArrayLike | range, out: Any = None) -> NDArray[Any]:
        """Frames of sequence number `index` by their positions in it, in any order and repeated at will.

        Args:
            name: of the array.
            index: number of the sequence.
            indices: positions counted from the start of the sequence, `[k]` int; a range of step 1 costs least.
            out: as in `read`.

        Returns:
            `[k, ...]`, in the order of `indices`.

        Raises:
            IndexError: a position is outside the sequence.
            StoreError: as `read`.
        """
        start, length = int(self.sequences.start[index]), int(self.sequences.length[index])
        if isinstance(indices, range) and indices.step == 1 and 0 <= indices.start < indices.stop <= length:
            return self.read(name, start + indices.start, start + indices.stop, out)
        wanted = np.asarray(indices, np.int64)
        if not wanted.size:
            return self.read(name, 0, 0, out)
        first, last = int(wanted[0]), int(wanted[-1])
        if last - first == len(wanted) - 1 and (wanted[1:] > wanted[:-1]).all() and 0 <= first <= last < length:
            return self.read(name, start + first, start + last + 1, out)
        if not 0 <= wanted.min() <= wanted.max() < length:
            raise IndexError(f"positions {wanted.min()} to {wanted.max()} are outside a sequence of {length} frames")
        wanted = wanted + start
        frames = _target(self._array(name), len(wanted), out)
        order = np.argsort(wanted, kind="stable")
        # Whole runs are read faster than single frames, even when some of a run is thrown away.
        for group in np.split(order, np.flatnonzero(np.diff(wanted[order]) > _NEAR) + 1):
            first = int(wanted[group[0]])
            frames[group] = self.read(name, first, int(wanted[group[-1]]) + 1)[wanted[group] - first]
        return frames

    def _array(self, name: str) -> ShardedArray:
        if name not in self._arrays:
            self.require((name,))
        return self._arrays[name]

    def _held(self, start: int, stop: int, frames: NDArray[Any]) -> Iterator[tuple[int, int]]:
        """The parts of `start` to `stop` that hold sequences; gaps before appended ones become zeros."""
        first = start
        for begin, end in self._gaps:
            if begin < stop and end > first:
                frames[max(begin, start) - start : min(end, stop) - start] = 0
                if first < begin:
                    yield first, begin
                first = end
        if first < stop:
            yield first, stop

    def _diagnose(self, array: ShardedArray, start: int, stop: int, error: Exception) -> StoreError:
        """Finds the object that is at fault for a failed read."""
        size = array.spec.shard_frames
        for shard in range(start // size, -(-stop // size)):
            if problem := self.inventory.wrong(self._place, array.spec.key(shard)):
                return problem.error(self._place.name)
        return StoreError(f"{self._place.name}: {array.spec.name} cannot be read", cause=str(error), next_step=REPAIR)


def _target(array: ShardedArray, frames: int, out: Any) -> NDArray[Any]:
    shape, dtype = (frames, *array.spec.frame_shape), np.dtype(array.spec.dtype).newbyteorder("<")
    if out is None:
        return np.empty(shape, dtype)
    target = out if isinstance(out, np.ndarray) else np.from_dlpack(out)
    if target.shape != shape or target.dtype != dtype or not target.flags.c_contiguous or not target.flags.writeable:
        raise ValueError(
            f"{array.spec.name}: out must be a writable contiguous {dtype}{list(shape)}, "
            f"not {target.dtype}{list(target.shape)}"
        )
    return target
