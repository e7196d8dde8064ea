"""Writes a store: shards whenever they are ready, the root last."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gaitprep.errors import StoreError, UsageError
from gaitprep.run.atomic import publish_bytes, publish_pieces, remove, sweep
from gaitprep.run.digest import digest_file
from gaitprep.store.commit import GROWING, JOURNAL, commit, replay
from gaitprep.store.inventory import Inventory, StoredObject
from gaitprep.store.place import Folder, is_url, place_of
from gaitprep.store.root import RootDocument, read_root, root_bytes
from gaitprep.store.schema import ARRAY_NAMES, ROOT, SEQUENCES, ArraySpec
from gaitprep.store.shard import encode_pieces, tail_of

FOLDERS = (*ARRAY_NAMES, SEQUENCES)

_MAKERS = ("pack", "import", "subset", "merge")
_APPEND = "append"


def refuse_url(path: Path) -> None:
    """Raises `UsageError` where a URL was given, which as a path would name a folder here."""
    if is_url(path):
        raise UsageError(
            f"{place_of(path).name} is a URL, and only folders are written",
            next_step="write into a folder, then copy it there with the tools of that place",
        )


def check_target(path: Path, maker: str = "", sources: Container[str] | None = None) -> None:
    """Refuses to write a store into a folder that holds anything else.

    Args:
        path: the folder.
        maker: the stage that writes; whole stores that another one made are refused. "" allows any.
        sources: the videos that the new store is made from; a store to which others were appended is refused.

    Raises:
        UsageError: `path` is a URL.
        StoreError: `path` is a file, a folder with content that no store has, or a store that would be lost.
    """
    refuse_url(path)
    if not path.exists():
        return
    if not path.is_dir():
        raise StoreError(f"{path} is a file, not a folder", next_step="choose another --out")
    foreign = sorted(
        item.name for item in path.iterdir() if item.name not in (*FOLDERS, ROOT) and not item.name.startswith(".")
    )
    if foreign:
        raise StoreError(
            f"{path} holds {foreign[0]}, which is no part of a store", next_step="choose an empty or new folder"
        )
    if maker and (path / ROOT).exists():
        _refuse_loss(path, maker, sources)


def _refuse_loss(path: Path, maker: str, sources: Container[str] | None) -> None:
    try:
        document, _ = read_root(path)
    except StoreError as error:
        if sources is not None and b'"stage":"append"' in (_content(path / ROOT) or b""):
            raise StoreError(
                f"{path} was appended to, and its {ROOT} is damaged",
                cause=f"what was appended from elsewhere would be lost ({error})",
                next_step="choose another --out, or delete it",
            ) from error
        return
    names = [recipe["stage"] for recipe in document.provenance.get("stages", [])]
    made = max((place for place, name in enumerate(names) if name in _MAKERS), default=None)
    if made is not None and names[made] != maker:
        raise StoreError(
            f"{path} holds a store that gaitprep {names[made]} made",
            cause="it would be overwritten",
            next_step="choose another --out, or delete it",
        )
    lost = [video for video in document.provenance.get("sources", {}) if sources is not None and video not in sources]
    if lost and _APPEND in names[made:]:
        raise StoreError(
            f"{path} holds {len(lost)} videos that are not here, {lost[0]} for one",
            cause="it was appended to, and they would be lost",
            next_step="choose another --out, or delete it",
        )


def write_shard(
    path: Path, spec: ArraySpec, shard: int, frames: NDArray[Any], *, appending: bool = False
) -> StoredObject:
    """Encodes and publishes the object that holds shard number `shard` of an array, unless it is there already.

    Before anything is changed the root document goes, so that nobody mistakes a half-changed store for a whole one.
    Only the root of a store that is appended to stays, since nothing that it lists is changed.

    Args:
        path: the store.
        spec: the array.
        shard: number of the shard along the frame axis.
        frames: `[n, *spec.frame_shape]`, `spec.shard_frames` of them but in the last shard.
        appending: whether the shard lies behind all that the store lists.

    Raises:
        ValueError: the frames do not fit the array.
        OSError: the disk is full or not writable.
    """
    pieces = encode_pieces(spec, frames)
    key, size, tail = spec.key(shard), sum(len(piece) for piece in pieces), tail_of(pieces)
    with ThreadPoolExecutor(1) as thread:
        digest = thread.submit(_digest, pieces)
        if Folder(path).sizes([key]).get(key) == size and digest_file(path / key) == digest.result():
            return StoredObject(key, size, digest.result(), tail)
        if not appending:
            remove(path / ROOT)
        # Hashing and writing both let go of the interpreter lock, so the disk does not wait for the digest.
        publish_pieces(path / key, pieces)
        return StoredObject(key, size, digest.result(), tail)


def _digest(pieces: list[NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece.data)
    return digest.hexdigest()


def begin_append(path: Path) -> None:
    """Says that objects which the root does not list are about to be written; `extend` ends that state."""
    replay(path)
    if not (path / GROWING).exists():
        publish_bytes(path / GROWING, b"")


def extend(path: Path, shards: Mapping[str, StoredObject], small: Mapping[str, bytes], document: RootDocument) -> None:
    """Makes shards that were written behind the others part of the store, all at once.

    Args:
        path: the store.
        shards: the entries of all shards, old and new, by name.
        small: metadata and sequence table: content by name.
        document: what the root says from now on.
    """
    inventory = Inventory({**shards, **{key: StoredObject.of(key, data) for key, data in small.items()}})
    sweep(path)
    commit(path, {**small, ROOT: root_bytes(document, inventory)})


def complete(
    path: Path, shards: Mapping[str, StoredObject], small: Mapping[str, bytes], document: RootDocument
) -> bool:
    """Writes what belongs to the store beside its shards, clears leftovers away and publishes the root last.

    Args:
        path: the store.
        shards: the entries that `write_shard` returned, by name.
        small: metadata and sequence table: content by name.
        document: what the root says, with the inventory still to be filled in.

    Returns:
        False when all of it was already so and nothing was written.
    """
    inventory = Inventory({**shards, **{key: StoredObject.of(key, data) for key, data in small.items()}})
    root = root_bytes(document, inventory)
    stale = [key for key in small if inventory.check_content(path, key)]
    sweep(path)
    for stale_note in (JOURNAL, GROWING):
        remove(path / stale_note)
    leftovers = [key for key in inventory.unlisted(path, FOLDERS) if not Path(key).name.startswith(".")]
    if not stale and not leftovers and _content(path / ROOT) == root:
        return False
    remove(path / ROOT)
    for key in stale:
        publish_bytes(path / key, small[key])
    for key in leftovers:
        remove(path / key)
    publish_bytes(path / ROOT, root)
    return True


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
