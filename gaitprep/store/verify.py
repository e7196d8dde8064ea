"""Checks a store against its inventory, and its content against what data of this kind can be."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gaitprep.errors import StoreError
from gaitprep.store.inventory import Inventory, Problem
from gaitprep.store.layout import array_spec
from gaitprep.store.memory import Memory
from gaitprep.store.place import Place, place_of
from gaitprep.store.reader import StoreReader
from gaitprep.store.root import RootDocument, root_at
from gaitprep.store.sanity import implausible
from gaitprep.store.schema import ARRAY_NAMES, REQUIRED, SEQUENCES
from gaitprep.store.table import SequenceTable, read_table


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        path: the store.
        fast: whether only presence and sizes were checked.
        objects: how many were checked.
        bytes: their sizes together.
        problems: what is wrong, by object: the store is not what it says it is, or contradicts itself.
        remarks: what is sound but may not be meant: equal, frozen or empty sequences, videos on both sides of the
            split.
        reused: objects that were not read again, since their files did not change after they were last found whole.
    """

    path: str
    fast: bool
    objects: int
    bytes: int
    problems: list[Problem]
    remarks: list[Problem] = field(default_factory=list)
    reused: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "whole": self.whole}


def verify(path: str | Path, fast: bool = False, *, memory: Memory | None = None) -> Report:
    """Checks every object of the store, whether its arrays agree with each other, and whether its content can be.

    Args:
        path: the store, a folder or URL.
        fast: check presence and sizes only; without it every byte is read and compared by SHA-256.
        memory: of earlier checks; objects whose files have not changed since are not read again.

    Raises:
        StoreError: there is no store to check, or its root document is damaged (`ShardAltered`) or of another
            version (`SchemaMismatch`).
    """
    place = place_of(path)
    document, inventory = root_at(place)
    total = sum(item.size for item in inventory.values())
    sizes = place.sizes(inventory)
    problems = [problem for key in inventory if (problem := inventory.judge(key, sizes.get(key)))]
    reused = 0
    if not fast:
        known = memory.unchanged(place, inventory) if memory else set()
        wrong = {problem.key for problem in problems}
        todo = [key for key in inventory if key not in wrong and key not in known]
        altered = _altered(place, inventory, todo)
        problems = sorted([*problems, *altered], key=lambda problem: problem.key)
        reused = len(known)
        if memory:
            memory.keep(place, inventory, {*known, *todo} - {problem.key for problem in altered})
    unfinished = [key for key in place.names((*ARRAY_NAMES, SEQUENCES)) if key not in inventory]
    remarks: list[Problem] = []
    if place.is_growing:
        remarks += [Problem(key, "unlisted", "is left of an append that was not finished") for key in unfinished]
    else:
        problems += [Problem(key, "unlisted", "is no part of the store") for key in unfinished]
    if not problems:
        problems = _contradictions(place, document, inventory)
    if not problems and not fast:
        reader = StoreReader(Path(path), document, inventory, place=place, cache_bytes=0)
        found = memory.findings(place) if memory and reused == len(inventory) else None
        if found is None:
            found = implausible(reader)
            if memory:
                memory.keep_findings(place, found)
        problems += [item for item in found if item.is_fault]
        remarks += [item for item in found if not item.is_fault]
    return Report(str(path), fast, len(inventory), total, problems, remarks, reused)


def _altered(place: Place, inventory: Inventory, keys: list[str]) -> list[Problem]:
    """Objects whose content is not what is listed, though their size is."""

    def check(key: str) -> Problem | None:
        try:
            return inventory.judge(key, inventory[key].size, place.digest(key))
        except OSError as error:
            return Problem(key, "content", f"cannot be read: {error}")

    # Hashing lets go of the interpreter lock, so threads share the work.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problem in pool.map(check, keys) if problem]


def _contradictions(place: Place, document: RootDocument, inventory: Inventory) -> list[Problem]:
    """What whole objects say against each other."""
    try:
        table = read_table(place.read)
    except (ValueError, KeyError, OSError) as error:
        return [Problem(SEQUENCES, "content", f"cannot be read: {error}")]
    problems = []
    problems += [
        Problem(name, "missing", "is in every store, but not even listed")
        for name in REQUIRED
        if name not in inventory.arrays
    ]
    shard_frames = set()
    for name in inventory.arrays:
        try:
            spec = array_spec(place.read, place.name, name, document.frames)
        except StoreError as error:
            problems.append(Problem(name, "content", error.fact))
            continue
        shard_frames.add(spec.shard_frames)
        shards = -(-document.frames // spec.shard_frames)
        problems += [
            Problem(spec.key(shard), "missing", "is not even listed")
            for shard in range(shards)
            if spec.key(shard) not in inventory
        ]
    if len(table) != document.sequences or not _tiles(table, document.frames, max(shard_frames, default=1)):
        problems.append(Problem(SEQUENCES, "content", "do not tile the frame axis"))
    return problems


def _tiles(table: SequenceTable, frames: int, shard_frames: int) -> bool:
    """Whether each sequence begins where the one before ends, or at the next shard when it was appended."""
    end = 0
    for start, length in zip(table.start.tolist(), table.length.tolist(), strict=True):
        if length < 1 or start not in (end, -(-end // shard_frames) * shard_frames):
            return False
        end = start + length
    return end == frames
