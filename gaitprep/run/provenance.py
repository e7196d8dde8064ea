"""Where an output comes from, without clocks or paths, so that equal work gives equal bytes."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import gaitprep
from gaitprep.run.stage import Stage, Unit

_LIBRARIES = (
    "numpy",
    "opencv-python",
    "torch",
    "ultralytics",
    "trackers",
    "supervision",
    "av",
    "h5py",
    "zarr",
)


def library_versions(names: tuple[str, ...] = _LIBRARIES) -> dict[str, str]:
    """Installed versions of the libraries that can change an output."""
    return {name: _version(name) for name in names}


@functools.cache  # reading a package's metadata takes a millisecond, and every unit asks
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def provenance(stage: Stage[Any], unit: Unit) -> dict[str, Any]:
    """The record that is written into an output: stage, settings, key, input and versions."""
    return {
        "gaitprep": gaitprep.__version__,
        "stage": stage.name,
        "version": stage.version,
        "config": stage.config.model_dump(mode="json"),
        "unit": unit.unit_id,
        "key": stage.key(unit),
        "input": unit.input_digest,
        "libraries": library_versions(),
    }
