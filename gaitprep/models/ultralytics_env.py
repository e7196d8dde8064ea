"""The one place that imports ultralytics, and puts right what its import changes.

Left alone, the import looks up host names, sends usage data, may install packages, writes its settings into the home
folder, sets OMP_NUM_THREADS and OpenCV's threads, replaces `torch.save`, changes how numpy prints, and prints to
stdout.
"""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import functools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gaitprep.errors import WeightsError
from gaitprep.models.cache import cache_folder

_ENVIRONMENT = {
    "YOLO_OFFLINE": "1",  # no host look-ups, no usage data; a download still works, but is tried only once
    "YOLO_AUTOINSTALL": "0",
    "YOLO_VERBOSE": "0",
    "ULTRALYTICS_SAFE_LOAD": "1",  # checkpoints are unpickled with weights_only and a list of known classes
}


@contextlib.contextmanager
def preserved() -> Iterator[None]:
    """Undoes on leaving what ultralytics does to torch's and OpenCV's threads, to OMP_NUM_THREADS and `torch.save`.

    Put it around calls that choose a device, too: they set the number of threads anew.
    """
    import cv2
    import torch

    omp, threads, cv_threads, save = (
        os.environ.get("OMP_NUM_THREADS"),
        torch.get_num_threads(),
        cv2.getNumThreads(),
        torch.save,
    )
    try:
        yield
    finally:
        if omp is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = omp
        torch.set_num_threads(threads)
        cv2.setNumThreads(cv_threads)
        torch.save = save


@functools.cache
def import_ultralytics() -> ModuleType:
    """The module `ultralytics`, imported quietly and offline, with its settings kept in gaitprep's cache."""
    folder = _settings_folder()
    os.environ.update(_ENVIRONMENT)
    os.environ.setdefault("YOLO_CONFIG_DIR", str(folder))
    printing = np.get_printoptions()
    # Two workers that write the settings file for the first time at once leave half a file.
    with preserved(), (folder / "import.lock").open("w") as lock, contextlib.redirect_stdout(sys.stderr):
        fcntl.flock(lock, fcntl.LOCK_EX)
        import ultralytics
        import ultralytics.nn.tasks  # the bulk of the import, so that none of it happens later
    np.set_printoptions(**printing)
    module: ModuleType = ultralytics
    return module


def _settings_folder() -> Path:
    folder = cache_folder("ultralytics")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="gaitprep-ultralytics-"))


def load_network(path: Path) -> tuple[Any, dict[int, str]]:
    """Loads a checkpoint as a bare network, layers fused, in evaluation mode, on the CPU in float32.

    Returns:
        the `torch.nn.Module` and its class names by index.

    Raises:
        WeightsError: the file is no ultralytics checkpoint, is damaged, or holds classes that are not known as safe.
    """
    import_ultralytics()
    from ultralytics.nn.tasks import load_checkpoint

    with preserved():
        try:
            network, _ = load_checkpoint(str(path))
            network = network.fuse(verbose=False).eval()
        except Exception as error:  # ultralytics raises whatever its unpickling meets
            raise WeightsError(
                f"{path} cannot be loaded as an ultralytics network",
                cause=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else 'no message'}",
                next_step="check the file, or name an official model such as yolov8n.pt",
            ) from error
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    names = network.names
    return network, dict(enumerate(names)) if isinstance(names, list) else {int(k): str(v) for k, v in names.items()}


def download(name: str, folder: Path) -> Path:
    """Fetches an official model by ultralytics' own download; one attempt.

    Raises:
        WeightsError: ultralytics knows no such model, or the download failed.
    """
    import_ultralytics()
    from ultralytics.utils.downloads import GITHUB_ASSETS_NAMES, attempt_download_asset

    if name not in GITHUB_ASSETS_NAMES:
        near = difflib.get_close_matches(name, GITHUB_ASSETS_NAMES, 4)
        raise WeightsError(f"ultralytics knows no model {name!r}", cause=f"it knows {', '.join(near)}" if near else "")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            attempt_download_asset(str(folder / name))
    except Exception as error:
        raise WeightsError(f"{name} cannot be downloaded", cause=f"{type(error).__name__}: {error}") from error
    if not (folder / name).is_file():
        raise WeightsError(f"{name} cannot be downloaded", cause="the download left no file")
    return folder / name
