"""Runs gaitprep commands as a user would, in this process or in one that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from gaitprep.cli.app import app


def gaitprep(*words: object) -> str:
    """Runs a command that must succeed; gives its stdout. Errors of gaitprep come through as exceptions."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def gaitprep_json(*words: object) -> Any:
    """The same with --json."""
    return json.loads(gaitprep(*words, "--json"))


def gaitprep_killed(outputs: Path, more: int, *words: object) -> bool:
    """Starts a command in a process group of its own and kills all of it once there are `more` files in `outputs`.

    Progress and not the clock says when, so that quick machines and slow ones are hit in the middle of the work.

    Returns:
        whether it was still running.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "gaitprep", *(str(word) for word in words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for_files(process, outputs, more)
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def wait_for_files(process: subprocess.Popen[bytes], folder: Path, more: int) -> None:
    """Returns when `more` files have been added below `folder`, or the process has ended."""
    goal = count_files(folder) + more
    while process.poll() is None and count_files(folder) < goal:
        time.sleep(0.002)


def count_files(folder: Path) -> int:
    """Files below `folder`, half-written ones too; folders come and go while it counts."""
    return sum(len(files) for _, _, files in os.walk(folder))
