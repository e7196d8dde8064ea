"""One array of a store, read chunk by chunk: shard index, checksums, codecs; never a fill value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from gaitprep.store.cache import ChunkCache
from gaitprep.store.codecs import CHECKSUM_BYTES, expand_chunk
from gaitprep.store.decoded import Decoded
from gaitprep.store.layout import array_spec
from gaitprep.store.place import OpenObject, Place
from gaitprep.store.schema import ArraySpec

_SMALL = 2**20
"""Shards of at most so many bytes are fetched from a disk in one go when they are first touched: this takes little
longer than a window of them, and the other windows come for nothing. Compressed outlines are that small."""


class Damaged(ValueError):
    """Bytes that are not what their checksum says, or an index that cannot be true."""


@dataclass
class _Shard:
    """What is known of a stored object: where its chunks lie, and which of them have been checked."""

    stamp: Any
    offsets: list[int]
    sizes: list[int]
    checked: bytearray = field(default_factory=bytearray)


class ShardedArray:
    """Reads frames of one array into memory of the caller.

    A raw chunk is checked against its CRC-32C when this process first touches it, and again after its file changed;
    later reads fetch just the frames that are asked for. Compressed chunks are checked whenever they are decoded.
    Threads may share it.

    Args:
        place: where the store lies.
        spec: the array.
        sizes: listed sizes of its objects by name.
        cache: for decoded chunks.
        tails: listed tails (`StoredObject.tail`) of its objects by name, as far as known.
    """

    def __init__(
        self,
        place: Place,
        spec: ArraySpec,
        sizes: dict[str, int],
        cache: ChunkCache,
        tails: Mapping[str, int] | None = None,
    ) -> None:
        self.spec = spec
        self._place, self._sizes, self._cache, self._tails = place, sizes, cache, tails or {}
        self._shards: dict[int, _Shard] = {}
        self._frame_bytes = spec.frame_bytes
        self._chunk_shape = (spec.chunk_frames, *spec.frame_shape)
        self._chunk_bytes = spec.chunk_frames * self._frame_bytes

    def read(self, start: int, stop: int, out: NDArray[Any]) -> None:
        """Fills `out`, C-contiguous `[stop - start, *frame_shape]`, with frames `start` to `stop`.

        Raises:
            Damaged: a checksum or an index does not hold.
            OSError: an object is missing or ends early.
        """
        content = out.reshape(-1).view(np.uint8)
        read = self._raw if self.spec.codec == "raw" else self._coded
        done = 0
        while start < stop:
            shard, first = divmod(start, self.spec.shard_frames)
            last = min(first + stop - start, self.spec.shard_frames)
            end = done + (last - first) * self._frame_bytes
            read(shard, first, last, content[done:end])
            start, done = start + last - first, end

    def _raw(self, shard: int, first: int, last: int, out: NDArray[np.uint8]) -> None:
        size, step = self._frame_bytes, self.spec.chunk_frames
        with self._place.open(self.spec.key(shard)) as handle:
            known = self._known(shard, handle)
            for run in self._runs(known, first // step, -(-last // step)):
                target = out.data
                buffers: list[memoryview] = []
                unchecked: list[tuple[int, list[memoryview]]] = []
                offset = known.offsets[run.start]
                for chunk in run:
                    low, high = max(first - chunk * step, 0) * size, min(last - chunk * step, step) * size
                    begin = (chunk * step - first) * size
                    parts = [target[begin + low : begin + high]]
                    if known.checked[chunk]:
                        if chunk == run.start:
                            offset += low
                        if chunk + 1 < run.stop:
                            parts.append(memoryview(bytearray(CHECKSUM_BYTES)))
                    else:
                        ahead = [memoryview(bytearray(low))] if low else []
                        rest = self._chunk_bytes - high + CHECKSUM_BYTES
                        parts = [*ahead, *parts, memoryview(bytearray(rest))]
                        unchecked.append((chunk, parts))
                    buffers += parts
                handle.fill(offset, buffers)
                for chunk, parts in unchecked:
                    _check(parts)
                    known.checked[chunk] = 1

    def _coded(self, shard: int, first: int, last: int, out: NDArray[np.uint8]) -> None:
        size, step = self._frame_bytes, self.spec.chunk_frames
        wanted = range(first // step, -(-last // step))
        kept = self._cache.get([(self.spec.name, shard, chunk) for chunk in wanted])
        if None in kept:
            missing = [chunk for chunk, content in zip(wanted, kept, strict=True) if content is None]
            decoded = self._decode(shard, missing)
            kept = [content or decoded[chunk] for chunk, content in zip(wanted, kept, strict=True)]
        begin = wanted.start * step - first
        for content in kept:
            assert content is not None
            low, high = max(-begin, 0), min(last - first - begin, step)
            content.copy(low * size, high * size, out[(begin + low) * size : (begin + high) * size])
            begin += step

    def _decode(self, shard: int, chunks: list[int]) -> dict[int, Decoded]:
        decoded = {}
        with self._place.open(self.spec.key(shard)) as handle:
            known = self._known(shard, handle)
            for run in self._runs(known, chunks[0], chunks[-1] + 1):
                sizes = known.sizes[run.start : run.stop]
                stored = np.empty(sum(sizes), np.uint8)
                handle.fill(known.offsets[run.start], [stored.data])
                end = 0
                for chunk, length in zip(run, sizes, strict=True):
                    begin, end = end, end + length
                    _check([stored[begin:end].data])
                    data = stored[begin : end - CHECKSUM_BYTES]
                    content = expand_chunk(data, self.spec.codec, self._chunk_shape, self._chunk_bytes)
                    self._cache.put((self.spec.name, shard, chunk), content)
                    decoded[chunk] = content
        return decoded

    def _runs(self, known: _Shard, first: int, last: int) -> Iterator[range]:
        """Chunks that lie one behind the other in the object, so that one request fetches them."""
        offsets, sizes = known.offsets, known.sizes
        begin = first
        for chunk in range(first, last):
            if sizes[chunk] <= 0:
                raise Damaged("a chunk is not there")
            if chunk > begin and offsets[chunk - 1] + sizes[chunk - 1] != offsets[chunk]:
                yield range(begin, chunk)
                begin = chunk
        yield range(begin, last)

    def _known(self, shard: int, handle: OpenObject) -> _Shard:
        known = self._shards.get(shard)
        if known is None or known.stamp != handle.stamp:
            known = self._shards[shard] = self._index(shard, handle)
        return known

    def _index(self, shard: int, handle: OpenObject) -> _Shard:
        key, count = self.spec.key(shard), self.spec.shard_frames // self.spec.chunk_frames
        length = self._sizes.get(key)
        if length is None or (handle.size is not None and handle.size != length):
            raise Damaged(f"{key} has another size than listed")
        if length <= _SMALL:
            handle.expect()
        # The checksum before the index is that of the last chunk: it tells apart whole shards that were swapped.
        stored = np.empty(CHECKSUM_BYTES + count * 16 + CHECKSUM_BYTES, np.uint8)
        if length < len(stored):
            raise Damaged(f"{key} is too short for its index")
        handle.fill(length - len(stored), [stored.data])
        tail, stored = int.from_bytes(stored[:CHECKSUM_BYTES].tobytes(), "little"), stored[CHECKSUM_BYTES:]
        _check([stored.data])
        if self._tails.get(key, tail) != tail:
            raise Damaged(f"{key} is another object than listed")
        index = stored[:-CHECKSUM_BYTES].view("<i8").reshape(count, 2)
        offsets, sizes = np.ascontiguousarray(index[:, 0]), np.ascontiguousarray(index[:, 1])
        there = sizes != -1  # the last shard may have fewer chunks
        fits = (offsets >= 0) & (sizes > CHECKSUM_BYTES) & (offsets <= length - sizes)
        if self.spec.codec == "raw":
            fits &= sizes == self._chunk_bytes + CHECKSUM_BYTES
        if not np.all(fits | ~there):
            raise Damaged(f"the index of {key} cannot be true")
        return _Shard(handle.stamp, offsets.tolist(), sizes.tolist(), bytearray(count))


def _check(parts: Sequence[memoryview]) -> None:
    """Compares the CRC-32C of a chunk, in pieces, with the four bytes that end it."""
    crc = 0
    for part in parts[:-1]:
        crc = google_crc32c.extend(crc, np.frombuffer(part, np.uint8))
    crc = google_crc32c.extend(crc, np.frombuffer(parts[-1][:-CHECKSUM_BYTES], np.uint8))
    if crc != int.from_bytes(parts[-1][-CHECKSUM_BYTES:], "little"):
        raise Damaged("a checksum does not hold")


def open_array(
    place: Place, name: str, frames: int, sizes: dict[str, int], cache: ChunkCache | None = None
) -> ShardedArray:
    """Opens array `name` of the store at `place`.

    Args:
        place: of the store.
        name: of the array.
        frames: length of the frame axis.
        sizes: listed sizes of stored objects by name.
        cache: for decoded chunks; none are kept without it.

    Raises:
        SchemaMismatch: the array is not as this version of the format says.
    """
    return ShardedArray(place, array_spec(place.read, place.name, name, frames), sizes, cache or ChunkCache(0))
