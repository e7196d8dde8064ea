"""Digests of large source files, remembered by path, size and time of change."""

from __future__ import annotations

import json
from pathlib import Path

from gaitprep.run.atomic import append_line
from gaitprep.run.digest import digest_file


class FileDigests:
    """Remembers digests so that a rerun over terabytes of video reads none of them.

    Args:
        memory: the JSON-lines file that holds what is known.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, str] = {}
        if memory.is_file():
            for line in memory.read_text(errors="replace").splitlines():
                try:
                    name, digest = json.loads(line)
                except (ValueError, TypeError):  # torn by a power cut
                    continue
                self._known[name] = digest

    def digest(self, path: Path) -> str:
        """The SHA-256 of the file as it is now.

        Raises:
            OSError: the file cannot be read.
        """
        status = path.stat()
        name = f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}"
        if name not in self._known:
            self._known[name] = digest_file(path)
            append_line(self._memory, json.dumps([name, self._known[name]]))
        return self._known[name]
