from __future__ import annotations

import os
from pathlib import Path

import pytest

from gaitprep.store import verify as verify_module
from gaitprep.store.memory import Memory
from gaitprep.store.place import Folder
from gaitprep.store.verify import verify


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "memory")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of shards whose bytes are hashed."""
    names: list[str] = []
    digest = Folder.digest

    def noting(self: Folder, key: str) -> str:
        names.append(key)
        return digest(self, key)

    monkeypatch.setattr(Folder, "digest", noting)
    return names


def test_what_was_whole_and_has_not_changed_is_not_read_again(copy: Path, memory: Memory, read: list[str]) -> None:
    first = verify(copy, memory=memory)
    assert (first.reused, len(set(read) - {"zarr.json"})) == (0, first.objects)
    read.clear()
    second = verify(copy, memory=memory)
    assert second.reused == second.objects
    assert set(read) == {"zarr.json"}
    assert second.whole
    read.clear()
    assert verify(copy).reused == 0  # a full check asks nobody
    assert len(read) == first.objects


def test_a_changed_file_is_read_though_its_size_and_time_are_the_same(copy: Path, memory: Memory) -> None:
    verify(copy, memory=memory)
    path = copy / "rgb/c/1/0/0/0"
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    for _ in range(2):
        report = verify(copy, memory=memory)
        assert [(item.key, item.fault) for item in report.problems] == [("rgb/c/1/0/0/0", "content")]
        assert report.reused == report.objects - 1


def test_what_was_said_of_the_content_is_remembered(
    copy: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = verify(copy, memory=memory)
    monkeypatch.setattr(verify_module, "implausible", lambda reader: pytest.fail("was read again"))
    assert verify(copy, memory=memory).remarks == first.remarks


def test_a_torn_memory_is_no_memory(copy: Path, memory: Memory, tmp_path: Path) -> None:
    verify(copy, memory=memory)
    (kept,) = (tmp_path / "memory").iterdir()
    kept.write_text(kept.read_text()[:50])
    report = verify(copy, memory=memory)
    assert report.whole
    assert report.reused == 0
