"""The command line as a whole: quick help, errors without tracebacks, exit codes."""

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gaitprep.cli.app import VERBS

HEAVY = ("torch", "ultralytics", "cv2", "polars", "zarr", "av", "h5py")


def _python(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, check=False)


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    return _python("-m", "gaitprep", *words)


def test_help_lists_the_verbs_in_order_of_the_pipeline() -> None:
    shown = _run("--help").stdout
    listed = [words[1] for line in shown.splitlines() if len(words := line.split()) > 2 and words[1] in VERBS]
    assert sorted(listed) == sorted(VERBS)
    # Typer lists verbs with subcommands after the plain ones.
    groups = {"import", "export", "report"}
    assert [verb for verb in listed if verb not in groups] == [verb for verb in VERBS if verb not in groups]


def test_help_costs_little_more_than_that_of_an_empty_app() -> None:
    empty = "import typer\napp = typer.Typer()\n@app.command()\ndef go() -> None: pass\napp(['--help'])"
    commands = (["-c", empty], ["-m", "gaitprep", "--help"])
    least = [math.inf, math.inf]
    for _ in range(5):
        for i, command in enumerate(commands):
            start = time.perf_counter()
            assert _python(*command).returncode == 0
            least[i] = min(least[i], time.perf_counter() - start)
    assert least[1] <= 3 * least[0]


def test_help_of_a_verb_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from gaitprep.cli.app import app, VERBS\n"
        "for verb in VERBS:\n"
        "    assert CliRunner().invoke(app, [verb, '--help']).exit_code == 0, verb\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["scan", "absent"], 3, "there is no file or folder absent"),
        (["scan", ".", "--dataset", "nonesuch"], 3, "'nonesuch' is none of the bundled manifests"),
        (["status", "--work", "absent"], 3, "there is no work folder absent"),
        (["align", "--work", "absent"], 3, "holds no result of 'track'"),
        (["align", "--work", "absent", "--set", "widht=3"], 2, "setting widht of 'align'"),
        (["align", "--work", "absent", "--partition", "3/2"], 2, "partition '3/2'"),
        (["verify", "absent"], 5, "absent"),
        (["nonesuch"], 2, "No such command"),
    ],
)
def test_errors_are_words_and_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _run(*words)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == [], "a command that cannot work leaves nothing behind"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for number in range(4000):
        (tmp_path / f"{number:05d}-a-rather-long-name-to-fill-the-pipe.mp4").touch()
    done = subprocess.run(
        f"{sys.executable} -m gaitprep scan {tmp_path} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("video_id")
    assert "Traceback" not in done.stderr
