"""Where files are kept that can be fetched or made again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder `name` of the cache: below `$GAITPREP_CACHE`, else below `~/.cache/gaitprep`. It need not exist."""
    root = os.environ.get("GAITPREP_CACHE")
    return (Path(root).expanduser() if root else Path.home() / ".cache" / "gaitprep") / name
