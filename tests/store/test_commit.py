"""Several objects at once: all of them, or none; and never what was damaged on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitprep.errors import ShardAltered
from gaitprep.run import atomic
from gaitprep.store import commit as commit_module
from gaitprep.store.commit import JOURNAL, commit, pending, replay
from gaitprep.store.reader import open_store

OBJECTS = {"rgb/zarr.json": b"{}", "zarr.json": b"root"}


@pytest.fixture
def decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose commit was decided on and then killed."""
    monkeypatch.setattr(commit_module, "replay", lambda path: None)
    commit(tmp_path, OBJECTS)
    monkeypatch.undo()
    return tmp_path


def test_what_was_decided_is_done(decided: Path) -> None:
    assert pending(decided) == OBJECTS
    replay(decided)
    assert {name: (decided / name).read_bytes() for name in OBJECTS} == OBJECTS
    assert pending(decided) == {}
    assert not (decided / JOURNAL).exists()


def test_no_flipped_bit_of_the_journal_gets_into_the_store(decided: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "publish", pytest.fail)
    content = (decided / JOURNAL).read_bytes()
    for place in range(len(content)):
        for bit in (1, 32, 128):
            damaged = bytearray(content)
            damaged[place] ^= bit
            (decided / JOURNAL).write_bytes(damaged)
            with pytest.raises(ShardAltered, match=r"\.commit\.json was changed"):
                replay(decided)


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"objects": {}}', b"\xff\xfe"])
def test_a_store_with_a_damaged_journal_says_so(copy: Path, content: bytes) -> None:
    (copy / JOURNAL).write_bytes(content)
    with pytest.raises(ShardAltered, match=r"\.commit\.json was changed .*append"):
        open_store(copy)
