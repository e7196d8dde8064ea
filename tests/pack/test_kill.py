"""Real kills: the whole process group, at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gaitprep.pack.config import PackConfig
from gaitprep.pack.stage import pack_ledger
from gaitprep.store.verify import verify
from tests.builders import build_work, pack, walks
from tests.e2e.command import wait_for_files
from tests.pack.test_stage import tree

SCRIPT = """
import sys
from pathlib import Path
from gaitprep.pack.config import PackConfig
from gaitprep.run.executor import Execution
from gaitprep.work.layout import WorkDir
from tests.builders import pack
print("ready", flush=True)
config = PackConfig(shard_frames=30)
pack(WorkDir(Path(sys.argv[1])), Path(sys.argv[2]), config=config, execution=Execution(workers=2))
"""


@pytest.mark.faults
def test_a_killed_pack_is_made_good_by_the_next(tmp_path: Path) -> None:
    work = build_work(tmp_path / "work", walks(subjects=8, frames=60))  # 64 shards
    whole = tree(pack(work, tmp_path / "whole.zarr", config=PackConfig(shard_frames=30)))
    out, chance, kills = tmp_path / "out.zarr", random.Random(0), 0
    for _ in range(12):
        command = [sys.executable, "-c", SCRIPT, str(work.root), str(out)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            wait_for_files(process, out, chance.randint(1, 80))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
            finished = process.wait() == 0
        if finished:
            break
        if (out / "zarr.json").exists():  # killed on its way out, after the last publication
            assert tree(out) == whole
    pack(work, out, config=PackConfig(shard_frames=30))
    assert kills >= 2
    assert len(pack_ledger(work, out).latest()) == 64
    assert tree(out) == whole
    assert verify(out).whole
