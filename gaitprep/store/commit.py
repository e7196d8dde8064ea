"""Changes several small objects of a store at once: a kill leaves all of them as before, or all as after.

What is to be written is published as one file first; from then on readers take it from there, until every object is
in its place and the file is gone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from gaitprep.run.atomic import publish_bytes, publish_text, remove

JOURNAL = ".commit.json"
GROWING = ".append"
"""Is there while an append is under way, so that its objects are not taken for stray ones."""


def commit(path: Path, objects: Mapping[str, bytes]) -> None:
    """Replaces objects of the store at `path` by `objects`, in the order given."""
    publish_text(path / JOURNAL, json.dumps({key: base64.b64encode(data).decode() for key, data in objects.items()}))
    replay(path)


def pending(path: Path) -> dict[str, bytes]:
    """What an interrupted `commit` had decided but not yet put in place; {} where there is nothing."""
    try:
        journal = json.loads((path / JOURNAL).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {key: base64.b64decode(data) for key, data in journal.items()}


def replay(path: Path) -> None:
    """Puts in place what is pending."""
    if objects := pending(path):
        for key, data in objects.items():
            publish_bytes(path / key, data)
        remove(path / GROWING)
        remove(path / JOURNAL)
