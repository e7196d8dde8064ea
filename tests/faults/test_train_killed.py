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
_PHASES = {
    "segmentation": [
        *["--steps", "40", "--set", "segmentation.network.channels=[4, 4, 8, 8]"],
        *["--set", "segmentation.images=4"],
    ],
    "recognition": [
        *["--steps", "60", "--set", "recognition.network.channels=[4, 4, 8, 8]", "--set", "recognition.frames=4"],
        *["--set", "recognition.subjects=2", "--set", "recognition.sequences=2"],
    ],
    "joint": [
        *["--steps", "30", "--set", "joint.frames=3"],
        *["--set", "joint.subjects=2", "--set", "joint.sequences=2"],
    ],
}


def start(phase: str, store: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    words = [phase, "--checkpoint-every", "0", "--device", "cpu", *_PHASES[phase], *more]
    command = [sys.executable, "-c", _VERB, *words, "--store", str(store), "--out", str(out)]
    return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL)


def losses(out: Path) -> list[tuple[int, float, float]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"], line["gradient"]) for line in lines]


@pytest.mark.parametrize("phase", _PHASES)
def test_killed_again_and_again_it_ends_as_if_left_alone(phase: str, tmp_path: Path) -> None:
    store = build_store(tmp_path, walks(4, frames=8), rules=protocol(["001-004"]))
    parts: list[str] = []
    if phase == "joint":
        for part in ("segmentation", "recognition"):
            assert start(part, store, tmp_path / part).wait(120) == 0
            parts += [f"--{part}", str(tmp_path / part / "model.safetensors")]
    assert start(phase, store, tmp_path / "whole", *parts).wait(120) == 0
    generator = random.Random(2)
    out, kills = tmp_path / "killed", 0
    while kills < 4:
        process = start(phase, store, out, *parts)
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
    assert start(phase, store, out, *parts).wait(120) == 0
    assert losses(out) == losses(tmp_path / "whole")
    assert (out / "model.safetensors").read_bytes() == (tmp_path / "whole" / "model.safetensors").read_bytes()
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]
