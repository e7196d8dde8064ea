"""The only place that renames: a file is either whole and durable, or not there.

Order: write elsewhere in the same folder, flush, fsync, rename over the target, fsync the folder. A power cut
leaves the old file or the new one, and perhaps a temporary that `sweep` clears away.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from gaitprep.errors import UsageError

_MARK = ".gaitprep-"
_CLOCK_SECONDS = 5


@contextlib.contextmanager
def publish(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; what was written there becomes `path` when the block ends well.

    The temporary keeps the suffix of `path`, since encoders choose their format by it. After an exception it is
    removed and `path` is as it was.

    Raises:
        OSError: the folder is not writable, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    host = socket.gethostname().replace(".", "_")
    token = f"{host}-{os.getpid()}-{int(psutil.Process().create_time())}-{uuid.uuid4().hex[:8]}"
    temporary = path.with_name(f"{_MARK}{token}.{path.name}")
    try:
        yield temporary
        _fsync(temporary)
        temporary.replace(path)
        _fsync(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_writable(folder: Path) -> None:
    """Makes a folder, and makes sure that files can be written there.

    Raises:
        UsageError: they cannot.
    """
    probe = folder / f"{_MARK}probe-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(
            f"cannot write to the folder {folder}",
            cause=error.strerror or str(error),
            next_step="choose another folder, or change its permissions",
        ) from error


def publish_bytes(path: Path, data: bytes | bytearray | memoryview) -> None:
    """Publishes `data` as the whole content of `path`."""
    with publish(path) as temporary:
        temporary.write_bytes(data)


def publish_text(path: Path, text: str) -> None:
    """Publishes `text` as UTF-8."""
    publish_bytes(path, text.encode())


def publish_json(path: Path, value: Any) -> None:
    """Publishes `value` as indented JSON with a final newline."""
    publish_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def remove(path: Path) -> None:
    """Removes a file durably; a missing file is as good as a removed one."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _fsync(path.parent)


def append_line(path: Path, line: str) -> None:
    """Appends one line durably. A last line that a power cut tore is closed first, so that it spoils no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _fsync(path.parent)


def sweep(folder: Path) -> int:
    """Removes temporaries below `folder` that dead processes of this host left behind; returns how many."""
    swept = 0
    host = socket.gethostname().replace(".", "_")
    for path in folder.rglob(f"{_MARK}*"):
        owner, _, rest = path.name.removeprefix(_MARK).rpartition(f"{host}-")
        pid, started, *_ = [*rest.split("-"), ""]
        if not owner and pid.isdigit() and started.isdigit() and not _is_alive(int(pid), int(started)):
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _is_alive(pid: int, started: int) -> bool:
    """Whether the very process still runs: not a zombie that nobody reaps, nor another that got its number later."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < _CLOCK_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
