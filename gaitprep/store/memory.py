"""Remembers which files of a store were found whole, so that a later check need not read them again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gaitprep.run.atomic import publish_text
from gaitprep.run.digest import digest_bytes
from gaitprep.store.inventory import Inventory, Problem
from gaitprep.store.place import Folder, Place
from gaitprep.store.schema import ROOT


def memory_folder() -> Path:
    """Below `$GAITPREP_CACHE`, else below `~/.cache/gaitprep`; it need not exist."""
    root = os.environ.get("GAITPREP_CACHE")
    return (Path(root).expanduser() if root else Path.home() / ".cache" / "gaitprep") / "verified"


class Memory:
    """What earlier checks found, by store.

    A file counts as unchanged when size, time of change, inode and the time at which any of these changed are what
    they were, and its listed digest is the one that was found. What a disk loses without telling is only found by
    reading, so a full check does not ask the memory. Stores behind URLs are not remembered.

    Args:
        folder: where it is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unchanged(self, place: Place, inventory: Inventory) -> set[str]:
        """Objects that need not be read again."""
        known = self._load(place).get("objects", {})
        return {key for key in inventory if key in known and known[key] == [*_stamp(place, key), inventory[key].digest]}

    def keep(self, place: Place, inventory: Inventory, whole: set[str]) -> None:
        """Remembers the objects that are whole, and forgets all else."""
        if isinstance(place, Folder):
            objects = {key: [*_stamp(place, key), inventory[key].digest] for key in sorted(whole)}
            self._save(place, self._load(place) | {"objects": objects})

    def findings(self, place: Place) -> list[Problem] | None:
        """What was said of the content under the same root document."""
        known = self._load(place)
        if known.get("root") != place.digest(ROOT):
            return None
        return [Problem(**item) for item in known["findings"]]

    def keep_findings(self, place: Place, findings: list[Problem]) -> None:
        """Remembers what is to say of the content."""
        if isinstance(place, Folder):
            content = {"root": place.digest(ROOT), "findings": [asdict(item) for item in findings]}
            self._save(place, self._load(place) | content)

    def _path(self, place: Folder) -> Path:
        return self._folder / f"{place.path.name}-{digest_bytes(str(place.path.resolve()).encode())[:16]}.json"

    def _load(self, place: Place) -> dict[str, Any]:
        if not isinstance(place, Folder):
            return {}
        try:
            return dict(json.loads(self._path(place).read_text()))
        except (OSError, ValueError):  # none yet, or torn: it is only a memory
            return {}

    def _save(self, place: Folder, content: dict[str, Any]) -> None:
        publish_text(self._path(place), json.dumps(content))


def _stamp(place: Place, key: str) -> tuple[int, ...]:
    assert isinstance(place, Folder)
    try:
        status = (place.path / key).stat()
    except OSError:
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
