"""Choosing by names: single ones, ranges, wildcards; for subjects and for sequences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

_RANGE = re.compile(r"(\d+)-(\d+)(?::([1-9]\d*))?")
_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Subjects:
    """Which subjects a list means.

    Attributes:
        named: names that are written out (`005`); a range is taken for a name too.
        ranges: first, last and step of ranges of numbers (`001-074`; `1-10305:2` takes every second).
        wild: wildcards (`train/*`).
    """

    named: frozenset[str]
    ranges: tuple[tuple[int, int, int], ...]
    wild: tuple[str, ...]

    @staticmethod
    def of(items: Iterable[str]) -> Subjects:
        """Reads a list of names, ranges and wildcards."""
        listed = frozenset(items)
        wild = tuple(sorted(item for item in listed if _WILD.search(item)))
        found = [match for item in sorted(listed) if (match := _RANGE.fullmatch(item))]
        ranges = tuple((int(match[1]), int(match[2]), int(match[3] or 1)) for match in found)
        return Subjects(listed - set(wild), ranges, wild)

    def names(self, subject: str) -> bool:
        """Whether the subject is one of them."""
        if subject in self.named:
            return True
        if subject.isdigit():
            number = int(subject)
            if any(first <= number <= last and (number - first) % step == 0 for first, last, step in self.ranges):
                return True
        return any(fnmatchcase(subject, item) for item in self.wild)


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
