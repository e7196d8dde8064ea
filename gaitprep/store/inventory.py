"""The list of everything a store consists of, with sizes and digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

REPAIR = "make it again with --repair (gaitprep pack, or import), or copy the store again"


@dataclass(frozen=True)
class StoredObject:
    """One stored object: its name relative to the root, its size in bytes and its SHA-256."""

    key: str
    size: int
    digest: str

    @staticmethod
    def of(key: str, data: bytes | memoryview) -> StoredObject:
        """The entry of an object whose content is `data`."""
        return StoredObject(key, len(data), digest_bytes(data))


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
        """As it stands in the root's attributes: name → [size, digest]."""
        return {key: [item.size, item.digest] for key, item in self._objects.items()}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Inventory:
        """The inverse of `as_json`."""
        return Inventory({key: StoredObject(key, int(size), str(sha)) for key, (size, sha) in value.items()})

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
