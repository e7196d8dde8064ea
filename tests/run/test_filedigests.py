"""Digests of sources are remembered, and forgotten when the file changes."""

import os
from pathlib import Path

import pytest

from gaitprep.run import filedigests
from gaitprep.run.digest import digest_bytes
from gaitprep.run.filedigests import FileDigests


def test_a_known_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"one")
    assert FileDigests(tmp_path / "m").digest(video) == digest_bytes(b"one")

    def never(path: Path) -> str:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(filedigests, "digest_file", never)
    assert FileDigests(tmp_path / "m").digest(video) == digest_bytes(b"one")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"one")
    digests = FileDigests(tmp_path / "m")
    digests.digest(video)
    video.write_bytes(b"two")
    os.utime(video, ns=(1, 1))
    assert digests.digest(video) == digest_bytes(b"two")


def test_a_torn_memory_is_forgiven(tmp_path: Path) -> None:
    (tmp_path / "m").write_text('["x|1|2", "dig')
    (tmp_path / "v").write_bytes(b"one")
    assert FileDigests(tmp_path / "m").digest(tmp_path / "v") == digest_bytes(b"one")
