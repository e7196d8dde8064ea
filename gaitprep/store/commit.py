"""Changes several small objects of a store at once: a kill leaves all of them as before, or all as after.

What is to be written is published as one file first; from then on readers take it from there, until every object is
in its place and the file is gone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from gaitprep.errors import ShardAltered
from gaitprep.run.atomic import publish_bytes, publish_text, remove
from gaitprep.run.digest import digest_json

JOURNAL = ".commit.json"
GROWING = ".append"
"""Is there while an append is under way, so that its objects are not taken for stray ones."""


def commit(path: Path, objects: Mapping[str, bytes]) -> None:
    """Replaces objects of the store at `path` by `objects`, in the order given."""
    encoded = {key: base64.b64encode(data).decode() for key, data in objects.items()}
    publish_text(path / JOURNAL, json.dumps({"objects": encoded, "digest": digest_json(encoded)}))
    replay(path)


def pending(path: Path) -> dict[str, bytes]:
    """What an interrupted `commit` had decided but not yet put in place; {} where there is nothing.

    Raises:
        ShardAltered: it is not what was decided, so nothing of it may be used.
    """
    try:
        text = (path / JOURNAL).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    try:
        journal = json.loads(text)
        encoded, digest = journal["objects"], journal["digest"]
    except (ValueError, KeyError, TypeError):
        encoded, digest = {}, None
    if digest_json(encoded) != digest:
        raise ShardAltered(
            f"{path}: {JOURNAL} was changed after it was written",
            cause="an append was interrupted, and what it was about to do is damaged",
            next_step=f"delete {JOURNAL} there and append again; if it is not whole then, pack it anew",
        )
    return {key: base64.b64decode(data) for key, data in encoded.items()}


def replay(path: Path) -> None:
    """Puts in place what is pending."""
    if objects := pending(path):
        for key, data in objects.items():
            publish_bytes(path / key, data)
        remove(path / GROWING)
        remove(path / JOURNAL)
