"""Runs gaitprep commands as a user would, in this process or in one that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
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


def gaitprep_killed(seconds: float, *words: object) -> bool:
    """Starts a command in a process group of its own, kills all of it later; whether it was still running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gaitprep", *(str(word) for word in words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False
