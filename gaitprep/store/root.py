"""The root document `zarr.json`: what the store is, and what it consists of. It is written last."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gaitprep.errors import SchemaMismatch, ShardAltered, StoreError
from gaitprep.manifest.protocol import Protocol
from gaitprep.run.digest import canonical_json, digest_json
from gaitprep.store.inventory import REPAIR, Inventory
from gaitprep.store.place import Folder, Place, place_of
from gaitprep.store.schema import ARRAY_NAMES, ROOT, SCHEMA_VERSION, SEQUENCES, group_metadata

NAMESPACE = "gaitprep"


@dataclass(frozen=True)
class RootDocument:
    """What the root says of the store.

    Attributes:
        name: of the domain.
        frames: length of the frame axis.
        sequences: how many there are.
        protocol: of the data set, None where there is none.
        provenance: stages, settings and versions that made it; no clocks, no paths.
        excluded: what was left out: rows of {video, tracklet, reason}.
    """

    name: str
    frames: int
    sequences: int
    protocol: Protocol | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    excluded: list[dict[str, str]] = field(default_factory=list)


def root_bytes(document: RootDocument, inventory: Inventory) -> bytes:
    """The content of the root's `zarr.json`. Its own digest is in it, over all other attributes."""
    protocol = document.protocol.model_dump(mode="json") if document.protocol else None
    if protocol:
        # Objects are written with sorted keys; the groups have an order of their own.
        protocol["probes"] = list(protocol["probes"].items())
    attributes: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": document.name,
        "frames": document.frames,
        "sequences": document.sequences,
        "protocol": protocol,
        "provenance": document.provenance,
        "excluded": document.excluded,
        "inventory": inventory.as_json(),
    }
    attributes["digest"] = digest_json(attributes)
    return json_bytes(group_metadata({NAMESPACE: attributes}))


def json_bytes(value: Any) -> bytes:
    """Canonical JSON with a final newline: equal documents are equal files."""
    return canonical_json(value).encode() + b"\n"


def read_root(path: str | Path) -> tuple[RootDocument, Inventory]:
    """Reads and checks the root document of the store at `path`, a folder or URL.

    Raises:
        StoreError: no store, an unfinished one, or a foreign Zarr group.
        SchemaMismatch: a store of another version.
        ShardAltered: the root document was changed after it was written.
    """
    return root_at(place_of(path))


def root_at(place: Place) -> tuple[RootDocument, Inventory]:
    """As `read_root`, of the store at `place`."""
    path = place.name
    data = _read(place)
    try:
        content = json.loads(data)
    except ValueError as error:
        if not _has_shards(place):
            raise StoreError(f"{path} is not a gaitprep store", cause=f"its {ROOT} is no JSON") from error
        raise ShardAltered(f"{path}: {ROOT} is damaged", cause="it is no JSON any more", next_step=REPAIR) from error
    try:
        attributes = content["attributes"][NAMESPACE]
        version = attributes["schema_version"]
    except (KeyError, TypeError) as error:
        raise StoreError(
            f"{path} is not a gaitprep store",
            cause=f"its {ROOT} has no attribute {NAMESPACE!r}",
            next_step="make a store with gaitprep pack",
        ) from error
    if version != SCHEMA_VERSION:
        is_newer = isinstance(version, int) and version > SCHEMA_VERSION
        raise SchemaMismatch(
            f"{path} has schema version {version!r}, this gaitprep reads version {SCHEMA_VERSION}",
            next_step="use the gaitprep that wrote it, or a newer one"
            if is_newer
            else "run gaitprep pack again with its work folder",
        )
    listed = attributes.pop("digest", None)
    if digest_json(attributes) != listed or data != json_bytes(_with_digest(content, listed)):
        raise ShardAltered(
            f"{path}: {ROOT} was changed after it was written", cause="its digest differs", next_step=REPAIR
        )
    try:
        document = RootDocument(
            name=attributes["name"],
            frames=attributes["frames"],
            sequences=attributes["sequences"],
            protocol=_protocol(path, attributes["protocol"]),
            provenance=attributes["provenance"],
            excluded=attributes["excluded"],
        )
        return document, Inventory.from_json(attributes["inventory"])
    except StoreError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SchemaMismatch(
            f"{path}: {ROOT} is not as the format says",
            cause=f"{type(error).__name__}: {error}",
            next_step="use the gaitprep that wrote it",
        ) from error


def _protocol(path: str, value: Any) -> Protocol | None:
    if value is None:
        return None
    try:
        return Protocol.model_validate({**value, "probes": dict(value["probes"])})
    except ValidationError as error:
        raise SchemaMismatch(
            f"{path} holds a protocol that this gaitprep does not understand",
            cause=str(error.errors()[0]["msg"]),
            next_step="run gaitprep pack again with its work folder",
        ) from error


def _with_digest(content: Any, digest: str | None) -> Any:
    content["attributes"][NAMESPACE]["digest"] = digest
    return content


def _read(place: Place) -> bytes:
    path = place.name
    try:
        return place.read(ROOT)
    except (FileNotFoundError, NotADirectoryError) as error:
        if isinstance(place, Folder) and not place.path.exists():
            raise StoreError(
                f"there is no store {path}", next_step="make one: gaitprep pack --work DIR --out STORE.zarr"
            ) from error
        if isinstance(place, Folder) and (place.path / ".zgroup").exists():
            raise StoreError(f"{path} is not a gaitprep store", cause="it is a group of Zarr v2") from error
        if _has_shards(place):
            raise StoreError(
                f"{path} is unfinished or half copied",
                cause=f"it has no {ROOT}, which is written last",
                next_step=REPAIR,
            ) from error
        raise StoreError(
            f"{path} is not a gaitprep store", cause=f"it has no {ROOT}", next_step="check the path"
        ) from error
    except OSError as error:
        raise StoreError(f"{path}/{ROOT} cannot be read", cause=str(error), next_step="check the disk") from error


def _has_shards(place: Place) -> bool:
    """Whether it looks like a store but for its root."""
    try:
        return bool(place.names((*ARRAY_NAMES, SEQUENCES)))
    except OSError:
        return False
