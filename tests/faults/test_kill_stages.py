"""Killing any stage at any moment and running it again gives the same files as a run that nobody disturbed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gaitprep.run.digest import digest_file
from tests.e2e.command import gaitprep, gaitprep_killed

pytestmark = pytest.mark.faults


def _stages(root: Path, raw: Path) -> list[list[object]]:
    work = ["--work", root / "work", "--workers", 2]
    return [
        ["track", raw, "--dataset", "synth-indoor", *work],
        ["segment", "--pipeline", "demo", *work],
        ["align", *work],
        ["pack", "--out", root / "store.zarr", "--set", "shard_frames=60", *work],
    ]


def _contents(root: Path) -> dict[str, str]:
    """Digests of all that a later stage reads."""
    files = [path for path in (root / "work").rglob("*.h5") if path.is_file()]
    files += [path for path in (root / "store.zarr").rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): digest_file(path) for path in files}


def test_killed_runs_end_as_undisturbed_ones(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    gaitprep(
        "synth", "--out", raw, "--world", "indoor", "--subjects", 3,
        "--set", "frames=30", "--set", "conditions=[nm-01,nm-05]", "--set", "views=['054','090']",
    )  # fmt: skip
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for words in _stages(undisturbed, raw):
        gaitprep(*words)
    expected = _contents(undisturbed)
    assert len(expected) > 36
    draw = random.Random(1)
    kills = 0
    for words in _stages(killed, raw):
        outputs = killed / "store.zarr" if words[0] == "pack" else killed / "work" / str(words[0])
        for _ in range(4):
            kills += gaitprep_killed(outputs, draw.randint(0, 4), *words)
        gaitprep(*words)
    assert kills >= 3
    assert _contents(killed) == expected
