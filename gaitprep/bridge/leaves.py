"""The sequences of a tree of files: which folders they are, and their labels."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from gaitprep.errors import SourceError
from gaitprep.manifest.protocol import Protocol, natural

_REPEAT = re.compile(r"~\d+$")


@dataclass(frozen=True)
class Leaf:
    """A folder that holds the files of one sequence.

    Attributes:
        name: its path under the root, which is also the sequence's `video`.
        folder: where it is.
        files: names of its files, in natural order.
        labels: subject, condition and view; None where its path gives none.
        size: bytes of the files together.
        changed: the latest time of change of them, nanoseconds.
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    labels: tuple[str, str, str] | None
    size: int
    changed: int

    @property
    def state(self) -> str:
        """What must be equal for its files to be believed unchanged."""
        return f"{self.size}|{self.changed}|{len(self.files)}"


def find_leaves(root: Path, suffixes: tuple[str, ...], protocol: Protocol | None = None) -> list[Leaf]:
    """Every folder below `root` with files of these suffixes, in natural order. Hidden ones are none of ours.

    Labels are the last three folders, `<subject>/<condition>/<view>`; with a protocol, what its pattern finds in the
    folder's path, or in these three with dashes between them.

    Raises:
        SourceError: there is no such folder, or no such file below it.
    """
    if not root.is_dir():
        raise SourceError(f"there is no folder {root}", next_step="check the path")
    leaves = [_leaf(root, Path(folder), files, protocol) for folder, files in _folders(root, suffixes)]
    if not leaves:
        raise SourceError(
            f"no {' or '.join(suffixes)} file below {root}",
            next_step="check the folder; sequences are expected as <subject>/<condition>/<view>/",
        )
    return sorted(leaves, key=lambda leaf: natural(leaf.name))


def folder_name(label: str) -> str:
    """A label as the name of one folder; `label_of` undoes it."""
    safe = quote(label, safe=" !#$&'()+,;=@[]{}^-_").replace("~", "%7E")
    return safe.replace(".", "%2E", 1) if safe.startswith(".") else safe or "%"


def label_of(folder: str) -> str:
    """The label that `folder_name` made a name of; other names stay as they are."""
    return "" if folder == "%" else unquote(folder)


def repeated(view: str, number: int) -> str:
    """The folder of the `number`-th sequence (from 1) with equal labels: `090`, `090~2`, …"""
    return view if number == 1 else f"{view}~{number}"


def _folders(root: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for folder, inner, files in os.walk(root, followlinks=True):
        inner[:] = [name for name in inner if not name.startswith(".") and not _leads_back(folder, name)]
        chosen = [name for name in files if name.lower().endswith(suffixes) and not name.startswith(".")]
        if chosen:
            yield folder, chosen


def _leads_back(folder: str, name: str) -> bool:
    """Whether a folder is a link to one that it lies in, so that there would be no end to it."""
    path = Path(folder, name)
    return path.is_symlink() and Path(folder).resolve().is_relative_to(path.resolve())


def _leaf(root: Path, folder: Path, files: list[str], protocol: Protocol | None) -> Leaf:
    status = [os.stat(f"{folder}/{name}") for name in files]  # noqa: PTH116 - a million of them
    parts = folder.relative_to(root).parts
    name = "/".join(parts) or folder.resolve().name
    labels = _labels(parts, name, protocol)
    return Leaf(
        name,
        folder,
        tuple(sorted(files, key=natural)),
        labels,
        sum(item.st_size for item in status),
        max(item.st_mtime_ns for item in status),
    )


def _labels(parts: tuple[str, ...], name: str, protocol: Protocol | None) -> tuple[str, str, str] | None:
    if protocol is not None:
        return protocol.labels(name) or protocol.labels("-".join(parts[-3:]))
    if len(parts) < 3:
        return None
    subject, condition, view = parts[-3:]
    return label_of(subject), label_of(condition), label_of(_REPEAT.sub("", view))
