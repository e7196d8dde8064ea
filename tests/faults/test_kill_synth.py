"""Killing gaitprep synth at any moment and running it again gives the same truth as a run that nobody disturbed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gaitprep.run.digest import digest_file
from gaitprep.truth.file import Truth, truth_path
from tests.e2e.command import gaitprep, gaitprep_killed

pytestmark = pytest.mark.faults


def _words(folder: Path) -> list[object]:
    return [
        "synth", "--out", folder, "--world", "outdoor", "--subjects", 4, "--workers", 2, "--stressor", "jitter",
        "--set", "frames=24", "--set", "conditions=['1']", "--set", "views=['02','08']",
    ]  # fmt: skip


def test_killed_films_end_as_undisturbed_ones(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    gaitprep(*_words(undisturbed))
    expected = {path.name: digest_file(path) for path in undisturbed.rglob("*.truth.h5")}
    assert len(expected) == 8
    draw = random.Random(2)
    kills = sum(gaitprep_killed(killed, draw.randint(1, 5), *_words(killed)) for _ in range(4))
    gaitprep(*_words(killed))
    assert kills >= 2
    assert {path.name: digest_file(path) for path in killed.rglob("*.truth.h5")} == expected
    assert not list(killed.rglob(".gaitprep-*"))
    for video in killed.rglob("*.mp4"):
        with Truth(truth_path(video)) as truth:
            truth.check(video)
