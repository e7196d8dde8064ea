"""Checks a store against its inventory, and its content against what data of this kind can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gaitprep.errors import StoreError
from gaitprep.store.comparison import comparison
from gaitprep.store.contradictions import contradictions
from gaitprep.store.inventory import Problem
from gaitprep.store.memory import Memory
from gaitprep.store.place import place_of
from gaitprep.store.reader import StoreReader
from gaitprep.store.root import root_at
from gaitprep.store.sanity import implausible
from gaitprep.store.schema import ARRAY_NAMES, SEQUENCES, is_small


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
    problems, remarks = inventory.wrong_sizes(place), list[Problem]()
    known = memory.unchanged(place, inventory) if memory and not fast else set()
    settled = known.union(problem.key for problem in problems)
    unread = [] if fast else [key for key in inventory if key not in settled]
    unlisted = [key for key in place.names((*ARRAY_NAMES, SEQUENCES)) if key not in inventory]
    if place.is_growing:
        remarks += [Problem(key, "unlisted", "is left of an append that was not finished") for key in unlisted]
    else:
        problems += [Problem(key, "unlisted", "is no part of the store") for key in unlisted]
    unreadable: StoreError | None = None
    with comparison(place, inventory) as begin:
        altered = begin(key for key in unread if is_small(key))()
        others = begin(key for key in unread if not is_small(key))
        sound = not (problems or altered)
        found = contradictions(place, document, inventory) if sound else []
        if judges := sound and not found and not fast:
            reader = StoreReader(Path(path), document, inventory, place=place, cache_bytes=0)
            earlier = memory.findings(place) if memory and not unread else None
            try:
                found = implausible(reader) if earlier is None else earlier
            except StoreError as error:  # as a rule of an object that is altered, and named below
                unreadable = error
        altered += others()
    if memory and not fast:
        memory.keep(place, inventory, {*known, *unread} - {problem.key for problem in altered})
    if unreadable and not altered:
        raise unreadable
    if memory and judges and not altered:
        memory.keep_findings(place, found)
    if altered:
        problems = sorted([*problems, *altered], key=lambda problem: problem.key)
    else:
        problems += [item for item in found if item.is_fault]
        remarks += [item for item in found if not item.is_fault]
    return Report(str(path), fast, len(inventory), total, problems, remarks, len(known))
