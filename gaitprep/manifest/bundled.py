"""Finds the manifests, pipelines and experiments that come with gaitprep."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from gaitprep.errors import ManifestError

Kind = Literal["manifests", "pipelines", "experiments"]


def bundled_names(kind: Kind) -> list[str]:
    """Names of what is bundled, without suffix, sorted."""
    return sorted(item.name.removesuffix(".yaml") for item in _folder(kind).iterdir() if item.name.endswith(".yaml"))


def read_yaml_source(kind: Kind, name_or_path: str) -> tuple[str, str]:
    """The YAML text of a bundled file by name, or of any file by path; and where it came from.

    Raises:
        ManifestError: neither exists.
    """
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"} or path.parent != Path():
        if not path.is_file():
            raise ManifestError(f"there is no file {path}", next_step=f"bundled: {', '.join(bundled_names(kind))}")
        return path.read_text(), str(path)
    item = _folder(kind).joinpath(f"{name_or_path}.yaml")
    if not item.is_file():
        raise ManifestError(
            f"{name_or_path!r} is none of the bundled {kind}",
            next_step=f"use one of {', '.join(bundled_names(kind))}, or a path to a YAML file",
        )
    return item.read_text(), f"bundled {kind}/{name_or_path}.yaml"


def _folder(kind: Kind) -> Traversable:
    package = files("gaitprep")
    installed = package.joinpath("bundled", kind)
    if installed.is_dir():
        return installed
    # An editable install reads the checkout, where these folders stand beside the package.
    return files("gaitprep").joinpath("..", kind)
