"""Where the objects of a store lie: a folder, or a bucket behind a URL. Readers know no other difference."""

from __future__ import annotations

import contextlib
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gaitprep.run.digest import digest_bytes, digest_file
from gaitprep.store.commit import GROWING, pending

_URL = re.compile(r"(s3|gs|az|abfss?|https?|file):/+(.+)")


class OpenObject(ABC):
    """One stored object, open for reading.

    Attributes:
        size: its length in bytes, None where asking would cost a request.
        stamp: changes when the object does, as far as its place can tell.
    """

    size: int | None
    stamp: Hashable

    @abstractmethod
    def expect(self) -> None:
        """Says that most of it will be read soon, so that its place may fetch it ahead."""

    @abstractmethod
    def fill(self, offset: int, buffers: Sequence[memoryview]) -> None:
        """Fills `buffers` one after the other with the bytes from `offset` on.

        Raises:
            OSError: the object ends before, or its place cannot be reached.
        """


class Place(ABC):
    """Gives the objects of one store by their names.

    Attributes:
        name: path or URL, for messages.
    """

    name: str

    @property
    def is_growing(self) -> bool:
        """Whether an append was begun that is not finished."""
        return False

    @abstractmethod
    def read(self, key: str) -> bytes:
        """The whole object. Raises `FileNotFoundError` where there is none, `OSError` where it cannot be had."""

    @abstractmethod
    def digest(self, key: str) -> str:
        """SHA-256 of the object. Raises as `read`."""

    @abstractmethod
    def sizes(self, keys: Iterable[str]) -> dict[str, int]:
        """Sizes of those objects that are there."""

    @abstractmethod
    def names(self, folders: tuple[str, ...]) -> list[str]:
        """Names of all objects below `folders`; none where the place cannot list."""

    @abstractmethod
    def open(self, key: str) -> contextlib.AbstractContextManager[OpenObject]:
        """Opens an object. Raises as `read`."""


def is_url(where: str | Path) -> bool:
    """Whether a path or text is a URL; one survives having been made a `Path`."""
    return _URL.fullmatch(str(where)) is not None


def place_of(where: str | Path) -> Place:
    """The place that a path or URL speaks of."""
    url = _URL.fullmatch(str(where))
    if url is None:
        return Folder(Path(where), pending(Path(where)))
    scheme, rest = url.groups()
    if scheme == "file":
        return place_of(f"/{rest}")
    from gaitprep.store.bucket import Bucket

    return Bucket(f"{scheme}://{rest}")


@dataclass(frozen=True)
class Folder(Place):
    """A store in a folder of this machine.

    Attributes:
        path: the folder.
        newer: objects that are decided on but not yet in place (`commit.pending`); they count.
    """

    path: Path
    newer: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:  # type: ignore[override]
        """The path."""
        return str(self.path)

    @property
    def is_growing(self) -> bool:
        """Whether an append was begun that is not finished."""
        return (self.path / GROWING).exists()

    def read(self, key: str) -> bytes:
        """The whole object."""
        return self.newer[key] if key in self.newer else (self.path / key).read_bytes()

    def digest(self, key: str) -> str:
        """SHA-256 of the object, read in blocks."""
        return digest_bytes(self.newer[key]) if key in self.newer else digest_file(self.path / key)

    def sizes(self, keys: Iterable[str]) -> dict[str, int]:
        """Sizes of those objects that are there; costs a `stat` each."""
        found = {key: len(data) for key, data in self.newer.items()}
        root = str(self.path)
        for key in keys:
            if key in found:
                continue
            with contextlib.suppress(OSError):
                found[key] = os.stat(f"{root}/{key}").st_size  # noqa: PTH116 - ten thousand at every opening
        return found

    def names(self, folders: tuple[str, ...]) -> list[str]:
        """Names of all files below `folders`."""
        return sorted(
            path.relative_to(self.path).as_posix()
            for name in folders
            for path in (self.path / name).rglob("*")
            if path.is_file()
        )

    @contextlib.contextmanager
    def open(self, key: str) -> Iterator[OpenObject]:
        """Opens a file."""
        descriptor = os.open(f"{self.path}/{key}", os.O_RDONLY)
        try:
            yield _OpenFile(descriptor)
        finally:
            os.close(descriptor)


class _OpenFile(OpenObject):
    """Reads with `preadv` straight into the caller's memory.

    A memory map would save little (the copy is what costs), and would end the process when somebody shortens the file.
    """

    _MOST = 512
    """Buffers that one call takes; POSIX promises 16, Linux and macOS take 1024."""

    def __init__(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self.size = status.st_size
        self.stamp = (status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)

    def expect(self) -> None:
        if hasattr(os, "posix_fadvise"):  # macOS has none
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_WILLNEED)

    def fill(self, offset: int, buffers: Sequence[memoryview]) -> None:
        waiting = list(buffers)
        while waiting:
            part = waiting[: self._MOST]
            got = os.preadv(self._descriptor, part, offset)
            if not got:
                raise OSError(f"the file ends at byte {offset}")
            offset += got
            done = 0
            while done < len(part) and got >= len(part[done]):
                got -= len(part[done])
                done += 1
            waiting = waiting[done:]
            if got:
                waiting[0] = waiting[0][got:]
