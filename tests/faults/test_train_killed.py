"""Training killed with SIGKILL at moments of chance, and rerun, against training left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.builders import build_store, protocol, walks

pytestmark = pytest.mark.faults

_VERB = "import typer; from gaitprep.cli.train import train; app = typer.Typer(); app.command()(train); app()"
_SIZES = [
    *["recognition", "--steps", "60", "--checkpoint-every", "0", "--device", "cpu"],
    *["--set", "recognition.network.channels=[4, 4, 8, 8]", "--set", "recognition.frames=4"],
    *["--set", "recognition.subjects=2", "--set", "recognition.sequences=2"],
]


def start(store: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _VERB, *_SIZES, "--store", str(store), "--out", str(out)]
    return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL)


def losses(out: Path) -> list[tuple[int, float, float]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"], line["gradient"]) for line in lines]


def test_killed_again_and_again_it_ends_as_if_left_alone(tmp_path: Path) -> None:
    store = build_store(tmp_path, walks(4, frames=8), rules=protocol(["001-004"]))
    assert start(store, tmp_path / "whole").wait(120) == 0
    generator = random.Random(2)
    out, kills = tmp_path / "killed", 0
    while kills < 4:
        process = start(store, out)
        before = (out / "log.jsonl").stat().st_size if (out / "log.jsonl").exists() else 0
        deadline = time.monotonic() + 120
        # Let it come as far as new log lines, then a little farther.
        while process.poll() is None and time.monotonic() < deadline:
            if (out / "log.jsonl").exists() and (out / "log.jsonl").stat().st_size > before:
                break
            time.sleep(0.005)
        time.sleep(generator.uniform(0, 0.1))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills >= 2
    assert start(store, out).wait(120) == 0
    assert losses(out) == losses(tmp_path / "whole")
    assert (out / "model.safetensors").read_bytes() == (tmp_path / "whole" / "model.safetensors").read_bytes()
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]
