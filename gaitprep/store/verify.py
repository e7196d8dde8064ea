"""Checks a store against its inventory."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaitprep.errors import StoreError
from gaitprep.store.arrays import read_spec
from gaitprep.store.inventory import Inventory, Problem
from gaitprep.store.root import RootDocument, read_root
from gaitprep.store.schema import ARRAY_NAMES, REQUIRED, SEQUENCES
from gaitprep.store.table import read_table


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        path: the store.
        fast: whether only presence and sizes were checked.
        objects: how many were checked.
        bytes: their sizes together.
        problems: what is wrong, by object.
    """

    path: str
    fast: bool
    objects: int
    bytes: int
    problems: list[Problem]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "whole": self.whole}


def verify(path: str | Path, fast: bool = False) -> Report:
    """Checks every object of the store, and whether the sequences tile the frame axis.

    Args:
        path: the store.
        fast: check presence and sizes only; without it every byte is read and compared by SHA-256.

    Raises:
        StoreError: there is no store to check, or its root document is damaged (`ShardAltered`) or of another
            version (`SchemaMismatch`).
    """
    root = Path(path)
    document, inventory = read_root(root)
    check = inventory.check_size if fast else inventory.check_content
    # Hashing lets go of the interpreter lock, so threads share the work.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(lambda key: check(root, key), inventory) if problem]
    leftovers = inventory.unlisted(root, (*ARRAY_NAMES, SEQUENCES))
    problems += [Problem(key, "unlisted", "is no part of the store") for key in leftovers]
    if not problems:
        problems = _contradictions(root, document, inventory)
    return Report(str(path), fast, len(inventory), sum(item.size for item in inventory.values()), problems)


def _contradictions(root: Path, document: RootDocument, inventory: Inventory) -> list[Problem]:
    """What whole objects say against each other."""
    problems = []
    table = read_table(lambda key: (root / key).read_bytes())
    ends = np.concatenate([[0], np.cumsum(table.length)])
    if not np.array_equal(table.start, ends[:-1]) or ends[-1] != document.frames or len(table) != document.sequences:
        problems.append(Problem(SEQUENCES, "content", "do not tile the frame axis"))
    problems += [
        Problem(name, "missing", "is in every store, but not even listed")
        for name in REQUIRED
        if name not in inventory.arrays
    ]
    for name in inventory.arrays:
        try:
            spec = read_spec(root, name, document.frames)
        except StoreError as error:
            problems.append(Problem(name, "content", error.fact))
            continue
        shards = -(-document.frames // spec.shard_frames)
        problems += [
            Problem(spec.key(shard), "missing", "is not even listed")
            for shard in range(shards)
            if spec.key(shard) not in inventory
        ]
    return problems
