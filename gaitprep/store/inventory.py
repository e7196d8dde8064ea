"""The list of everything a store consists of, with sizes and digests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gaitprep.errors import ShardAltered, ShardMissing, StoreError
from gaitprep.run.digest import digest_bytes
from gaitprep.run.digest import digest_file as file_digest
from gaitprep.store.schema import ARRAY_NAMES, ROOT

Fault = Literal["missing", "size", "content", "unlisted"]

REPAIR = "run gaitprep pack again with its work folder, or copy the store again"


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
    """An object that is not what the inventory says."""

    key: str
    fault: Fault
    detail: str

    def error(self, root: Path, cause: str = "") -> StoreError:
        """The error that a reader raises for it."""
        kind = ShardMissing if self.fault == "missing" else ShardAltered
        # The ledger of pack goes by presence and size, so an altered object must be put out of its way.
        step = f"delete {root / self.key}, then {REPAIR}" if self.fault == "content" else REPAIR
        return kind(f"{root}: {self.key} {self.detail}", cause=cause, next_step=step)


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

    def check_size(self, root: Path, key: str) -> Problem | None:
        """Whether the object is there with its size; costs one `stat`."""
        try:
            size = os.stat(f"{root}/{key}").st_size  # noqa: PTH116 - ten thousand at every opening
        except OSError:
            return Problem(key, "missing", f"is listed ({self[key].size} bytes) but missing")
        if size != self[key].size:
            return Problem(key, "size", f"has {size} bytes where {self[key].size} are listed")
        return None

    def check_content(self, root: Path, key: str) -> Problem | None:
        """Whether the object is there with its size and digest; reads it."""
        if problem := self.check_size(root, key):
            return problem
        if file_digest(root / key) != self[key].digest:
            return Problem(key, "content", "has its listed size but other content (its digest differs)")
        return None

    def check_sizes(self, root: Path) -> list[Problem]:
        """What is missing or has another size, in the order of names."""
        return [problem for key in self if (problem := self.check_size(root, key))]

    def unlisted(self, root: Path, folders: tuple[str, ...]) -> list[str]:
        """Names of files below `folders` that are not listed: leftovers, or work that is under way."""
        found = (
            path.relative_to(root).as_posix() for name in folders for path in (root / name).rglob("*") if path.is_file()
        )
        return sorted(key for key in found if key not in self._objects)
