"""The installed wheel works outside the checkout: bundled manifests and pipelines come along."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the wheel, and sees the libraries of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist"), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    # A path in a .pth file is searched, but its own .pth files (the editable install) are not read.
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )
    return folder / "env" / "bin" / "python"


def _run(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(python), *words], cwd=folder, capture_output=True, text=True, check=False)


def test_it_is_the_wheel_that_runs(python: Path, tmp_path: Path) -> None:
    place = _run(python, tmp_path, "-c", "import gaitprep; print(gaitprep.__file__)").stdout.strip()
    assert Path(place).is_relative_to(python.parents[1])


def test_bundled_files_are_found(python: Path, tmp_path: Path) -> None:
    kinds = ("manifests", "pipelines", "experiments")
    listing = f"from gaitprep.manifest.bundled import bundled_names as b; print(*map(b, {kinds}))"
    printed = _run(python, tmp_path, "-c", listing).stdout
    for folder in kinds:
        for path in (ROOT / folder).glob("*.yaml"):
            assert repr(path.stem) in printed


def test_a_command_runs(python: Path, tmp_path: Path) -> None:
    (tmp_path / "001-nm-01-090.avi").touch()
    done = _run(python, tmp_path, "-m", "gaitprep", "scan", ".", "--dataset", "casia-b")
    assert done.returncode == 0, done.stderr
    assert "001-nm-01-090" in done.stdout
