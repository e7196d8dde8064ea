"""`gaitprep synth` from the outside."""

import json
import subprocess
import sys
from pathlib import Path

from gaitprep.truth.file import Truth


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gaitprep", "synth", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_filming_in_two_processes_and_again(tmp_path: Path) -> None:
    words = ("--out", tmp_path, "--subjects", 2, "--set", "frames=4", "--set", "views=['036']", "--workers", 2)
    first = _run(*words, "--json")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["units"], told["ok"], told["counts"]["frames"]) == (4, 4, 16)
    assert sorted(path.name for path in (tmp_path / "002").iterdir()) == [
        "002-nm-01-036.mp4",
        "002-nm-01-036.truth.h5",
        "002-nm-05-036.mp4",
        "002-nm-05-036.truth.h5",
    ]
    again = _run(*words)
    assert again.returncode == 0
    assert "nothing to do, all 4 units are up to date" in again.stderr
    fewer = _run("--out", tmp_path, "--subjects", 1, "--set", "frames=4", "--set", "views=['036']")
    assert "2 videos in" in fewer.stderr
    assert "002-nm-01-036.mp4" in fewer.stderr


def test_a_dry_run_films_nothing(tmp_path: Path) -> None:
    done = _run("--out", tmp_path / "raw", "--world", "outdoor", "--dry-run")
    assert "would do 96 of 96 units" in done.stderr
    assert "96 videos, 3840 frames: about 1 min on" in done.stderr
    assert not list(tmp_path.iterdir())


def test_impossible_settings_are_named(tmp_path: Path) -> None:
    for words, message in (
        (("--world", "moon"), "setting world of 'synth'"),
        (("--preset", "huge"), "setting preset of 'synth'"),
        (("--subjects", 0), "setting subjects of 'synth'"),
        (("--set", "views=['091']"), "the indoor world has no view '091'"),
        (("--stressor", "fog"), "should be 'crossing', 'flicker', 'jitter', 'low-light', 'occluder' or"),
        (("--set", "passers=2"), "setting passers of 'synth'"),
        (("--preset", "ttg-200"), "preset ttg-200 is not of the indoor world"),
    ):
        done = _run("--out", tmp_path / "raw", *words)
        assert done.returncode == 2, done.stderr
        assert message in done.stderr
        assert not (tmp_path / "raw").exists()


def test_folders_that_cannot_be_written_to_are_named_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "raw", Path("/proc/raw")):
        done = _run("--out", folder)
        assert done.returncode == 2, done.stderr
        assert f"cannot write to the folder {folder}" in done.stderr
        assert "choose another folder" in done.stderr


def test_stressors_can_be_repeated(tmp_path: Path) -> None:
    small = ("--subjects", 1, "--set", "frames=4", "--set", "views=['036']", "--set", "conditions=['nm-01']")
    done = _run("--out", tmp_path, *small, "--stressor", "jitter", "--stressor", "flicker", "--workers", 1)
    assert done.returncode == 0, done.stderr
    with Truth(tmp_path / "001" / "001-nm-01-036.truth.h5") as truth:
        assert truth.stressors == ["flicker", "jitter"]
    plain = _run("--out", tmp_path, *small, "--dry-run")
    assert "would do 1 of 1 units" in plain.stderr
    assert "input or settings changed" in plain.stderr
