"""A store in an object store: S3, Google Cloud Storage, Azure, or plain HTTP, by URL."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import from_url

from gaitprep.run.digest import digest_bytes
from gaitprep.store.place import OpenObject, Place

_REQUESTS = 32


class Bucket(Place):
    """Objects below a URL. Credentials, region and endpoint come from the usual environment variables (`AWS_…`).

    Args:
        url: `s3://bucket/path`, `gs://…`, `az://…`, `https://…`.
    """

    def __init__(self, url: str) -> None:
        self.name = url.rstrip("/")
        self._can_list = not url.startswith("http")
        plain = os.environ.get("AWS_ENDPOINT_URL", url).startswith("http://")
        self._store = from_url(self.name, client_options={"allow_http": plain})

    def read(self, key: str) -> bytes:
        """The whole object, in one request."""
        with _as_os_errors(self.name, key):
            return bytes(obstore.get(self._store, key).bytes())

    def digest(self, key: str) -> str:
        """SHA-256 of the object; fetches all of it."""
        return digest_bytes(self.read(key))

    def sizes(self, keys: Iterable[str]) -> dict[str, int]:
        """Sizes of those objects that are there: one listing, or a request each where the place cannot list."""
        if self._can_list:
            found = self._listing()
            return {key: found[key] for key in keys if key in found}
        with ThreadPoolExecutor(_REQUESTS) as pool:
            wanted = list(keys)
            sizes = pool.map(self._size, wanted)
            return {key: size for key, size in zip(wanted, sizes, strict=True) if size is not None}

    def names(self, folders: tuple[str, ...]) -> list[str]:
        """Names of all objects below `folders`; none over plain HTTP, which has no listing."""
        if not self._can_list:
            return []
        return sorted(key for key in self._listing() if key.split("/")[0] in folders and "/" in key)

    @contextlib.contextmanager
    def open(self, key: str) -> Iterator[OpenObject]:
        """Nothing is asked for before the first byte is."""
        yield _OpenRemote(self._store, self.name, key)

    def _listing(self) -> dict[str, int]:
        with _as_os_errors(self.name, ""):
            return {item["path"]: item["size"] for batch in obstore.list(self._store) for item in batch}

    def _size(self, key: str) -> int | None:
        try:
            with _as_os_errors(self.name, key):
                return int(obstore.head(self._store, key)["size"])
        except FileNotFoundError:
            return None


class _OpenRemote(OpenObject):
    def __init__(self, store: Any, place: str, key: str) -> None:
        self._store, self._place, self._key = store, place, key
        # Published objects never change, and to tell whether one did would cost a request.
        self.size = self.stamp = None

    def expect(self) -> None:
        """A bucket fetches nothing ahead."""

    def fill(self, offset: int, buffers: Sequence[memoryview]) -> None:
        length = sum(len(buffer) for buffer in buffers)
        with _as_os_errors(self._place, self._key):
            data = memoryview(obstore.get_range(self._store, self._key, start=offset, length=length))
        if len(data) != length:
            raise OSError(f"{self._key} ends at byte {offset + len(data)}")
        for buffer in buffers:
            buffer[:], data = data[: len(buffer)], data[len(buffer) :]


@contextlib.contextmanager
def _as_os_errors(place: str, key: str) -> Iterator[None]:
    """Faults of the network and of object stores, as the errors that files raise."""
    try:
        yield
    except NotFoundError as error:
        raise FileNotFoundError(f"there is no {place}/{key}") from error
    except BaseError as error:
        raise OSError(f"{place}/{key} cannot be read: {str(error).splitlines()[0]}") from error
