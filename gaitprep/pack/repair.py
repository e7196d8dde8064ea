"""Makes altered objects of a store again, in place: each becomes what its inventory lists, or is left alone and named.

The root stays where it is, since nothing that it says changes. So neither a kill nor other settings than the store was
made with can make a store of less or of other content.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from gaitprep.errors import GaitprepError, StoreError
from gaitprep.pack.config import PackConfig
from gaitprep.pack.plan import Piece
from gaitprep.run.atomic import publish_bytes, publish_pieces, remove
from gaitprep.run.digest import digest_bytes
from gaitprep.store.inventory import Inventory
from gaitprep.store.layout import read_spec
from gaitprep.store.place import Folder
from gaitprep.store.root import RootDocument, json_bytes, read_root
from gaitprep.store.schema import ROOT, SEQUENCES, SILHOUETTE_SHAPES, ArraySpec
from gaitprep.store.shard import encode_pieces
from gaitprep.store.table import SequenceTable, read_table
from gaitprep.store.writer import FOLDERS, refuse_url

_CHANGED = "what it was made from has changed"


class Origin(Protocol):
    """What a store was made from: the stage that would make it."""

    out: Path

    def frames(self, specs: Sequence[ArraySpec], pieces: Sequence[Piece]) -> dict[str, NDArray[Any]]:
        """The frames of `pieces`, one behind the other, by array. Raises `GaitprepError` where one is not to be had."""

    def small(self) -> Mapping[str, bytes]:
        """The sequence table as the stage would write it now: content by name."""


@dataclass
class Repaired:
    """What a repair did, or would do.

    Attributes:
        made: objects that are again as listed.
        removed: objects that nobody lists.
        left: objects that stay as they are: name → why.
    """

    made: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def repair(origin: Origin, *, dry_run: bool = False) -> Repaired:
    """Reads every object of the store `origin.out`, and makes those again that are not as listed.

    Args:
        origin: the stage that made the store, over the same source.
        dry_run: only look; `made` are then those that would be tried.

    Raises:
        StoreError: there is no usable root to go by.
        UsageError: the store lies behind a URL.
    """
    path, done = origin.out, Repaired()
    refuse_url(path)
    document, inventory = read_root(path)
    wrong = _wrong(path, inventory)
    place = Folder(path)
    if not place.is_growing:
        done.removed = inventory.unlisted(path, FOLDERS)
    if dry_run:
        return replace(done, made=wrong)
    for key in done.removed:
        remove(path / key)
    small = [key for key in wrong if key.endswith(ROOT) or key.startswith(f"{SEQUENCES}/")]
    for key in small:
        _publish(done, path, key, _small(key, document, inventory, origin), inventory)
    shards = [key for key in wrong if key not in small]
    if done.left:
        done.left |= dict.fromkeys(shards, f"it cannot be made without {next(iter(done.left))}")
        return done
    table = read_table(place.read)
    specs = {name: read_spec(path, name, document.frames) for name in inventory.arrays}
    keys = {spec.key(number): (spec, number) for spec in specs.values() for number in range(_count(spec, document))}
    numbers: dict[int, list[ArraySpec]] = defaultdict(list)
    for key in shards:
        spec, number = keys[key]
        numbers[number].append(spec)
    for number, wanted in sorted(numbers.items()):
        _shard(done, origin, number, wanted, table, inventory)
    return done


def _wrong(path: Path, inventory: Inventory) -> list[str]:
    """Objects that are missing or altered, in the order of names."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = pool.map(lambda key: inventory.check_content(path, key), inventory)
        return [problem.key for problem in problems if problem]


def _small(key: str, document: RootDocument, inventory: Inventory, origin: Origin) -> bytes | None:
    if key.startswith(f"{SEQUENCES}/"):
        return origin.small().get(key)
    name = key.split("/")[0]
    for recipe in document.provenance["stages"]:
        layout = {field: value for field, value in recipe["config"].items() if field in PackConfig.model_fields}
        if "shard_frames" not in layout:
            continue
        spec = next(spec for spec in PackConfig.model_validate(layout).arrays() if spec.name == name)
        for shape in SILHOUETTE_SHAPES if name == "silhouette" else (spec.frame_shape,):
            data = json_bytes(replace(spec, frame_shape=shape).metadata(document.frames))
            if digest_bytes(data) == inventory[key].digest:
                return data
    return None


def _publish(done: Repaired, path: Path, key: str, data: bytes | None, inventory: Inventory) -> None:
    if data is None or digest_bytes(data) != inventory[key].digest:
        done.left[key] = _CHANGED
        return
    publish_bytes(path / key, data)
    done.made.append(key)


def _count(spec: ArraySpec, document: RootDocument) -> int:
    return -(-document.frames // spec.shard_frames)


def _shard(
    done: Repaired,
    origin: Origin,
    number: int,
    specs: Sequence[ArraySpec],
    table: SequenceTable,
    inventory: Inventory,
) -> None:
    pieces = _pieces(table, number * specs[0].shard_frames, specs[0].shard_frames)
    try:
        frames = origin.frames(specs, pieces)
    except GaitprepError as error:
        done.left |= {spec.key(number): str(error) for spec in specs}
        return
    for spec in specs:
        key, content = spec.key(number), encode_pieces(spec, frames[spec.name])
        digest = hashlib.sha256()
        for part in content:
            digest.update(part.data)
        if digest.hexdigest() != inventory[key].digest:
            done.left[key] = _CHANGED
            continue
        publish_pieces(origin.out / key, content)
        done.made.append(key)


def _pieces(table: SequenceTable, first: int, frames: int) -> list[Piece]:
    """What lies in the shard that begins at frame `first`."""
    pieces = []
    for row in range(len(table)):
        start = int(table.start[row])
        begin, end = max(start, first), min(start + int(table.length[row]), first + frames)
        if begin < end:
            pieces.append(Piece(str(table.video[row]), str(table.tracklet[row]), begin - start, end - start))
    return pieces


def refuse_unrepaired(done: Repaired, path: Path) -> None:
    """Raises `StoreError` where objects are left as they were."""
    if done.left:
        key, why = next(iter(done.left.items()))
        raise StoreError(
            f"{path}: {len(done.left)} altered objects could not be made again, {key} for one",
            cause=why,
            next_step="repair from what they were made from, copy the store again, or make a new one",
        )
