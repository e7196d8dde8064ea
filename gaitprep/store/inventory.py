"""The list of everything a store consists of, with sizes and digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gaitprep.errors import ShardAltered, ShardMissing, StoreError
from gaitprep.run.digest import digest_bytes
from gaitprep.store.place import Folder, Place
from gaitprep.store.schema import ARRAY_NAMES, ROOT

Fault = Literal[
    "missing",
    "size",
    "content",
    "unlisted",
    "range",
    "pairing",
    "leak",
    "duplicate",
    "empty",
    "frozen",
    "shared",
]
_REMARKS = ("duplicate", "empty", "frozen", "shared")

REPAIR = (
    "repair it (gaitprep pack --repair, import --repair, or the subset or merge that made it again), or copy it again"
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One stored object.

    Attributes:
        key: its name relative to the root.
        size: in bytes.
        digest: SHA-256.
        tail: of a shard, the CRC-32C that ends its last chunk; by it a reader tells a shard from others of its size
            without reading all of it. None where it is not known, as in stores of before.
    """

    key: str
    size: int
    digest: str
    tail: int | None = None

    @staticmethod
    def of(key: str, data: bytes | memoryview) -> StoredObject:
        """The entry of an object whose content is `data`."""
        return StoredObject(key, len(data), digest_bytes(data))

    @staticmethod
    def from_json(key: str, value: Sequence[Any]) -> StoredObject:
        """The inverse of `as_json`."""
        size, digest, *tail = value
        return StoredObject(key, int(size), str(digest), int(tail[0]) if tail else None)

    def as_json(self) -> list[int | str]:
        """All but its name: [size, digest], and the tail where there is one."""
        return [self.size, self.digest] if self.tail is None else [self.size, self.digest, self.tail]


@dataclass(frozen=True)
class Problem:
    """An object that is not what the inventory says, or a sequence that is not what data of this kind can be.

    Attributes:
        key: name of the object, or of the sequence.
        fault: what kind of fault or remark it is.
        detail: what is wrong, such that it can stand behind `key`.
    """

    key: str
    fault: Fault
    detail: str

    @property
    def is_fault(self) -> bool:
        """Whether the store is wrong; a remark is about data that may be so on purpose."""
        return self.fault not in _REMARKS

    def error(self, store: object, cause: str = "") -> StoreError:
        """The error that a reader of `store`, a path or URL, raises for it."""
        kind = ShardMissing if self.fault == "missing" else ShardAltered
        return kind(f"{store}: {self.key} {self.detail}", cause=cause, next_step=REPAIR)


class Inventory(Mapping[str, StoredObject]):
    """Every object of a store but the root's `zarr.json`, which holds the inventory and its own digest."""

    def __init__(self, objects: Mapping[str, StoredObject]) -> None:
        self._objects = {key: objects[key] for key in sorted(objects)}

    def __getitem__(self, key: str) -> StoredObject:
        return self._objects[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    @property
    def arrays(self) -> tuple[str, ...]:
        """The arrays that the store has, in the order of the schema."""
        return tuple(name for name in ARRAY_NAMES if f"{name}/{ROOT}" in self)

    def as_json(self) -> dict[str, list[int | str]]:
        """As it stands in the root's attributes: name → `StoredObject.as_json`."""
        return {key: item.as_json() for key, item in self._objects.items()}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Inventory:
        """The inverse of `as_json`."""
        return Inventory({key: StoredObject.from_json(key, item) for key, item in value.items()})

    def judge(self, key: str, size: int | None, digest: str | None = None) -> Problem | None:
        """What is wrong with an object of this size (None: missing) and, where it is given, digest."""
        listed = self[key]
        if size is None:
            return Problem(key, "missing", f"is listed ({listed.size} bytes) but missing")
        if size != listed.size:
            return Problem(key, "size", f"has {size} bytes where {listed.size} are listed")
        if digest is not None and digest != listed.digest:
            return Problem(key, "content", "has its listed size but other content (its digest differs)")
        return None

    def wrong_sizes(self, place: Place) -> list[Problem]:
        """What is missing or has another size, in the order of names; costs one `stat` each, or one listing."""
        sizes = place.sizes(self)
        return [problem for key in self if (problem := self.judge(key, sizes.get(key)))]

    def wrong(self, place: Place, key: str) -> Problem | None:
        """Whether the object is there with its size and digest; reads it."""
        size = place.sizes([key]).get(key)
        problem = self.judge(key, size)
        return problem or self.judge(key, size, place.digest(key))

    def check_size(self, root: Path, key: str) -> Problem | None:
        """Whether the object is in folder `root` with its size; costs one `stat`."""
        return self.judge(key, Folder(root).sizes([key]).get(key))

    def check_content(self, root: Path, key: str) -> Problem | None:
        """Whether the object is in folder `root` with its size and digest; reads it."""
        return self.wrong(Folder(root), key)

    def unlisted(self, root: Path, folders: tuple[str, ...]) -> list[str]:
        """Names of files below `folders` that are not listed: leftovers, or work that is under way."""
        return [key for key in Folder(root).names(folders) if key not in self._objects]
