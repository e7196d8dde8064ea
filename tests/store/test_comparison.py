from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gaitprep.store.comparison import comparison
from gaitprep.store.place import Folder
from gaitprep.store.root import read_root

RGB = [f"rgb/c/{shard}/0/0/0" for shard in range(4)]


def test_objects_of_other_content_are_named_in_the_order_asked_for(copy: Path) -> None:
    _, inventory = read_root(copy)
    for key in (RGB[2], RGB[0]):
        content = bytearray((copy / key).read_bytes())
        content[7] ^= 4
        (copy / key).write_bytes(content)
    (copy / RGB[3]).unlink()
    with comparison(Folder(copy), inventory) as begin:
        problems = begin(RGB[::-1])()
    assert [problem.key for problem in problems] == [RGB[3], RGB[2], RGB[0]]
    assert {problem.fault for problem in problems} == {"content"}
    assert "cannot be read" in problems[0].detail


def test_the_caller_goes_on_meanwhile(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, inventory = read_root(copy)
    going_on = threading.Event()

    def digest(self: Folder, key: str) -> str:
        assert going_on.wait(10)
        return "other"

    monkeypatch.setattr(Folder, "digest", digest)
    with comparison(Folder(copy), inventory) as begin:
        found = begin(RGB)
        going_on.set()
        assert [problem.key for problem in found()] == RGB


def test_after_an_error_of_the_caller_nothing_more_is_read(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, inventory = read_root(copy)
    going_on, read = threading.Event(), list[str]()

    def digest(self: Folder, key: str) -> str:
        read.append(key)
        going_on.wait(10)
        return "other"

    monkeypatch.setattr(Folder, "digest", digest)
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    def fail() -> None:
        with comparison(Folder(copy), inventory) as begin:
            begin(RGB)
            threading.Timer(0.1, going_on.set).start()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(read) <= 1
