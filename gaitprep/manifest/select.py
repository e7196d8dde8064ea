"""Choosing by names: single ones, ranges, wildcards; for subjects and for sequences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_RANGE = re.compile(r"(\d+)-(\d+)(?::(\d+))?")
_WILD = re.compile(r"[*?\[]")


def names_subject(items: Sequence[str], subject: str) -> bool:
    """Whether one of `items` means this subject.

    Args:
        items: names (`005`), ranges of numbers (`001-074`; `1-10305:2` takes every second), wildcards (`train/*`).
        subject: a name.
    """
    for item in items:
        if item == subject:
            return True
        if _WILD.search(item):
            if fnmatchcase(subject, item):
                return True
        elif subject.isdigit() and (match := _RANGE.fullmatch(item)):
            first, last, step = int(match[1]), int(match[2]), int(match[3] or 1)
            if first <= int(subject) <= last and (int(subject) - first) % step == 0:
                return True
    return False


@dataclass(frozen=True)
class Selection:
    """What a list of conditions and sequences means.

    Entries with a `/` speak of `subject/condition/view`, the others of the condition alone. Those with `*`, `?` or
    `[` are wildcards.

    Attributes:
        named: entries that are written out.
        wild: the wildcards.
    """

    named: frozenset[str]
    wild: tuple[str, ...]

    @staticmethod
    def of(entries: Iterable[str]) -> Selection:
        """Reads the entries of a protocol."""
        listed = list(entries)
        wild = tuple(entry for entry in listed if _WILD.search(entry))
        return Selection(frozenset(listed) - set(wild), wild)

    def names(self, subject: str, condition: str, view: str) -> bool:
        """Whether the sequence is meant by an entry that is written out."""
        return condition in self.named or f"{subject}/{condition}/{view}" in self.named

    def matches(self, subject: str, condition: str, view: str) -> bool:
        """Whether the sequence is meant by a wildcard."""
        return any(
            fnmatchcase(f"{subject}/{condition}/{view}" if "/" in entry else condition, entry) for entry in self.wild
        )
