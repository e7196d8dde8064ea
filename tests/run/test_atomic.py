"""A file is whole or absent, whatever happens while it is written."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gaitprep.run.atomic import append_line, publish, publish_bytes, publish_json, remove, sweep


def test_publish_makes_the_file_and_its_parents(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.bin"
    publish_bytes(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert [path.name for path in target.parent.iterdir()] == ["b.bin"]


def test_failure_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    publish_bytes(target, b"old")

    def fail() -> None:
        with publish(target) as temporary:
            temporary.write_bytes(b"half")
            raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        fail()
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_nothing_appears_before_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with publish(target) as temporary:
        temporary.write_bytes(b"x")
        assert not target.exists()
        assert temporary.suffix == ".mp4"
    assert target.exists()


def test_sweep_takes_what_the_dead_left_and_spares_the_living(tmp_path: Path) -> None:
    with publish(tmp_path / "deep" / "live.bin") as living:
        living.write_bytes(b"1")
        dead = living.with_name(living.name.replace(f"-{os.getpid()}-", "-4194305-"))
        foreign = living.with_name(living.name.replace(".gaitprep-", ".gaitprep-otherhost"))
        for path in (dead, foreign):
            path.write_bytes(b"2")
        assert sweep(tmp_path) == 1
        assert living.exists()
        assert foreign.exists()
        assert not dead.exists()


def test_a_process_that_nobody_reaps_is_dead(tmp_path: Path) -> None:
    script = "import sys; from gaitprep.run.atomic import publish; from pathlib import Path\n"
    script += "with publish(Path(sys.argv[1])) as t:\n t.write_bytes(b'1'); print('there', flush=True); input()"
    command = [sys.executable, "-c", script, str(tmp_path / "a.bin")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        assert sweep(tmp_path) == 0
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
        assert sweep(tmp_path) == 1


def test_a_number_that_another_process_got_since_is_dead(tmp_path: Path) -> None:
    with publish(tmp_path / "live.bin") as living:
        living.write_bytes(b"1")
        started = str(int(psutil.Process().create_time()))
        earlier = living.with_name(living.name.replace(started, str(int(started) - 3600)))
        earlier.write_bytes(b"2")
        assert sweep(tmp_path) == 1
        assert living.exists()


def test_append_line_closes_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, "one")
    with path.open("a") as file:
        file.write("to")  # a power cut in the middle of a line
    append_line(path, "three")
    assert path.read_text().splitlines() == ["one", "to", "three"]


def test_remove_is_content_with_absence(tmp_path: Path) -> None:
    publish_json(tmp_path / "a.json", {"a": 1})
    remove(tmp_path / "a.json")
    remove(tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()
