"""Who is sought among whom: a store's test subjects by its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaitprep.errors import StoreError
from gaitprep.manifest.protocol import Protocol, natural
from gaitprep.manifest.select import Selection

Rows = npt.NDArray[np.int64]
Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Sequences:
    """The labels of sequences, equally long `[m]`."""

    subject: Names
    condition: Names
    view: Names

    def __len__(self) -> int:
        return len(self.subject)

    def labels(self, row: int) -> tuple[str, str, str]:
        """Subject, condition and view of one."""
        return str(self.subject[row]), str(self.condition[row]), str(self.view[row])

    def take(self, rows: Rows) -> Sequences:
        """Those of some rows."""
        return Sequences(self.subject[rows], self.condition[rows], self.view[rows])


@dataclass(frozen=True)
class Rounds:
    """What is compared with what.

    Attributes:
        galleries: rows of the enrolled sequences by group of probes.
        probes: rows of the sought sequences by group, in the protocol's order.
    """

    galleries: dict[str, Rows]
    probes: dict[str, Rows]

    @property
    def gallery(self) -> Rows:
        """Rows that are enrolled for any group, ascending."""
        return np.unique(np.concatenate(list(self.galleries.values())))

    @property
    def rows(self) -> Rows:
        """Every row that takes part, ascending."""
        return np.unique(np.concatenate([self.gallery, *self.probes.values()]))


def rows_under_test(sequences: Sequences, protocol: Protocol, *, name: str = "store") -> Rows:
    """The sequences of test subjects.

    Args:
        sequences: labels of all sequences of a store.
        protocol: says who is tested.
        name: of the store, for errors.

    Raises:
        StoreError: there is no test subject.
    """
    test = set(protocol.split([str(subject) for subject in sequences.subject]).test)
    if not test:
        raise StoreError(
            f"store {name} has no test subject",
            cause=f"protocol {protocol.name} puts all of its {len(set(sequences.subject))} subjects into the "
            "training half",
            next_step="give another protocol with --protocol NAME|FILE",
        )
    return np.flatnonzero([str(subject) in test for subject in sequences.subject]).astype(np.int64)


def rounds(sequences: Sequences, usable: Rows, protocol: Protocol, *, name: str = "store") -> Rounds:
    """Applies a protocol to the sequences that are there.

    Args:
        sequences: labels of all sequences of a store.
        usable: rows that may be enrolled and sought: those of test subjects that have valid frames.
        protocol: its rules.
        name: of the store, for errors.

    Raises:
        StoreError: no gallery, no probe, or no probe that could be found in its gallery.
    """
    tested = np.zeros(len(sequences), dtype=bool)
    tested[usable] = True
    names = [sequences.labels(row) for row in range(len(sequences))]
    sought = {group: Selection.of(wanted) for group, wanted in protocol.probes.items()}
    enrolled = {group: Selection.of(protocol.enrolled(group)) for group in protocol.probes}
    galleries = {group: _rows(tested, names, chosen, list(sought.values())) for group, chosen in enrolled.items()}
    probes = {group: _rows(tested, names, chosen, [enrolled[group]]) for group, chosen in sought.items()}
    there = ", ".join(sorted({str(condition) for condition in sequences.condition[tested]}, key=natural))
    if not any(len(rows) for rows in galleries.values()):
        raise StoreError(
            f"the gallery of store {name} is empty",
            cause=f"protocol {protocol.name} enrols {', '.join(protocol.gallery)}; its test subjects have {there}",
            next_step="give another protocol with --protocol NAME|FILE",
        )
    if not any(len(rows) for rows in probes.values()):
        wanted = ", ".join(condition for group in protocol.probes.values() for condition in group)
        raise StoreError(
            f"store {name} has nothing to look for",
            cause=f"protocol {protocol.name} probes with {wanted}; its test subjects have {there}",
            next_step="give another protocol with --protocol NAME|FILE",
        )
    found = Rounds(galleries, probes)
    if not any(_can_be_found(sequences, galleries[group], probes[group], protocol) for group in probes):
        lacking = "another view of somebody who is sought" if protocol.exclude_identical_view else "anybody sought"
        views = view_names(sequences.view[found.rows])
        raise StoreError(
            f"nobody can be found in store {name}: every comparison would count as an error",
            cause=f"protocol {protocol.name} does not enrol {lacking}"
            + (f"; all sequences are of view {views[0]}" if len(views) == 1 else ""),
            next_step="give another protocol with --protocol NAME|FILE"
            + (", e.g. with `exclude_identical_view: false`" if protocol.exclude_identical_view else ""),
        )
    return found


def view_names(*views: Names) -> list[str]:
    """The different views, in natural order."""
    return sorted({str(view) for names in views for view in names}, key=natural)


def _can_be_found(sequences: Sequences, gallery: Rows, probes: Rows, protocol: Protocol) -> bool:
    """Whether any probe has an entry of its subject that it is compared with."""
    views: dict[str, set[str]] = {}
    for row in gallery.tolist():
        views.setdefault(str(sequences.subject[row]), set()).add(str(sequences.view[row]))
    for row in probes.tolist():
        own = {str(sequences.view[row])} if protocol.exclude_identical_view else set()
        if views.get(str(sequences.subject[row]), set()) - own:
            return True
    return False


def _rows(
    tested: npt.NDArray[np.bool_], names: list[tuple[str, str, str]], chosen: Selection, taken: Sequence[Selection]
) -> Rows:
    """The tested rows that are chosen; a wildcard passes over what the other side names."""
    found = [
        row
        for row in np.flatnonzero(tested)
        if chosen.names(*names[row])
        or (chosen.matches(*names[row]) and not any(other.names(*names[row]) for other in taken))
    ]
    return np.array(found, np.int64)
