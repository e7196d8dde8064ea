"""One sequence from pickled arrays: which array a file holds is told by its shape and type."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import Content, aligned, binary, complete, crops, full_scale, to_width
from gaitprep.bridge.unpickle import load_array
from gaitprep.errors import SourceError
from gaitprep.store.schema import SILHOUETTE_SHAPES
from gaitprep.track.crop import SIZE

SUFFIXES = (".pkl", ".pickle")

_READ = "read are silhouettes [n,64,44] or [n,64,64], masks [n,128,128], RGB [n,3,h,w], all uint8, and ratios [n]"


def read_pickles(files: Sequence[tuple[str, bytes]], config: ImportConfig) -> Content:
    """The sequence that some pickles hold.

    Args:
        files: name and content of each.
        config: which of them to take, and whether to align.

    Raises:
        PickleError: a file cannot be read without danger; see `unpickle`.
        SourceError: an array that no store has, two for one place, or arrays of different lengths.
    """
    content = Content({})
    owners: dict[str, str] = {}
    for name, data in files:
        wished = [array for array, pattern in config.files.items() if fnmatchcase(name, pattern)]
        if config.files and not wished:
            continue
        found = load_array(data, name)
        array = _which(found, name, config.align)
        if config.files and array not in wished:
            raise SourceError(f"{name} was taken for {' and '.join(wished)}, but holds {_told(found)}", next_step=_READ)
        if config.wanted and array not in config.wanted:
            continue
        if array in owners:
            raise SourceError(
                f"{owners[array]} and {name} both hold {array}", next_step=f"choose with --file {array}=PATTERN"
            )
        owners[array] = name
        _put(content, array, found, name, config)
    if not owners:
        raise SourceError("none of its files was chosen", cause=f"it has {', '.join(name for name, _ in files)}")
    if "rgb" in content.arrays and content.arrays["rgb"].shape[1:3] != (SIZE, SIZE):
        _resize(content, config)
    return complete(content)


def _resize(content: Content, config: ImportConfig) -> None:
    """Crops of another size become 128×128; their shape gives the ratio where no file does."""
    images = np.ascontiguousarray(content.arrays["rgb"])
    content.note(f"RGB of {images.shape[1]}×{images.shape[2]}, brought to {SIZE}×{SIZE}", len(images))
    content.arrays["rgb"], ratio = crops(content, list(images))
    if not config.wanted or "ratio" in config.wanted:
        content.arrays.setdefault("ratio", ratio)


def _which(array: NDArray[Any], name: str, align: bool) -> str:
    shape = array.shape[1:]
    if array.ndim == 1 and array.dtype.kind == "f":
        return "ratio"
    if array.dtype in (np.uint8, bool):
        if array.ndim == 3 and (align or shape in SILHOUETTE_SHAPES):
            return "silhouette"
        if shape == (128, 128):
            return "mask"
        if array.ndim == 4 and array.dtype == np.uint8 and 3 in (shape[0], shape[2]) and array.size:
            return "rgb"
    hint = "; others can be brought to size with --align" if array.ndim == 3 and array.dtype == np.uint8 else ""
    raise SourceError(f"{name} holds {_told(array)}", next_step=_READ + hint)


def _put(content: Content, array: str, found: NDArray[Any], name: str, config: ImportConfig) -> None:
    if array == "ratio":
        if not np.all(np.isfinite(found) & (found > 0)):
            raise SourceError(f"{name} holds ratios that are not positive numbers")
        content.arrays[array] = found.astype(np.float32)
    elif array == "mask":
        (masks,) = full_scale([found])
        content.arrays[array] = binary(content, masks)
    elif array == "rgb":
        content.arrays[array] = found if found.shape[3] == 3 else found.transpose(0, 2, 3, 1)
    elif config.align:
        (masks,) = full_scale([found])
        content.arrays[array], content.arrays["valid"] = aligned(content, masks, config.width or 64, config.min_pixels)
    else:
        (silhouettes,) = full_scale([found])
        content.arrays[array] = to_width(silhouettes, config.width)


def _told(array: NDArray[Any]) -> str:
    return f"{array.dtype} [{', '.join(map(str, array.shape))}]"
