"""The silhouette networks that ship with gaitprep; docs/models/silhouette.md says what they are."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from gaitprep.errors import WeightsError
from gaitprep.run.digest import digest_file

BUNDLED = ("small", "fine")
"""`small` is the paper's U-Net; `fine`, on the features of the person detector, makes better masks."""
PREFIX = "bundled-"
"""Before the name of a bundled network where checkpoints are asked for."""
_SUMS = "SHA256SUMS"


def bundled_weights(name: str, folder: Path | None = None) -> Path:
    """The checkpoint of a bundled network.

    Args:
        name: one of `BUNDLED`.
        folder: where the weights are; the package's own if None.

    Raises:
        WeightsError: it is missing or not the one that was shipped.
    """
    folder = folder or Path(str(files("gaitprep.segment") / "weights"))
    path = folder / f"{name}.safetensors"
    again = "install gaitprep again"
    try:
        lines = (folder / _SUMS).read_text(encoding="ascii").splitlines()
        wanted = {file: digest for digest, file in (line.split() for line in lines)}[path.name]
        found = digest_file(path)
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"the bundled network {name!r} is missing", cause=str(error), next_step=again) from error
    if found != wanted:
        raise WeightsError(
            f"the bundled network {path} is damaged",
            cause=f"its SHA-256 is {found[:12]}…, not {wanted[:12]}…",
            next_step=again,
        )
    return path


def named_weights(given: str) -> Path | None:
    """The checkpoint of a bundled network by its whole name, as `bundled-small`; None where that is no such name.

    Raises:
        WeightsError: it is missing or not the one that was shipped.
    """
    name = given.removeprefix(PREFIX)
    return bundled_weights(name) if given.startswith(PREFIX) and name in BUNDLED else None


def write_sums(folder: Path) -> None:
    """Notes the digests of the weights in a folder, as `sha256sum` writes them."""
    lines = [f"{digest_file(path)}  {path.name}\n" for path in sorted(folder.glob("*.safetensors"))]
    (folder / _SUMS).write_text("".join(lines), encoding="ascii")
