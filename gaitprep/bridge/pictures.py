"""One sequence from a folder of images, one a frame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import Content, Images, aligned, complete, crops, full_scale, grey_frames, to_width
from gaitprep.errors import SourceError
from gaitprep.store.schema import SILHOUETTE_SHAPES

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")

_NUMBER = re.compile(r"\d+")


def read_pictures(files: Sequence[tuple[str, bytes]], config: ImportConfig) -> Content:
    """The sequence that some images show, in the order of the numbers in their names.

    Grey images are silhouettes, coloured ones are RGB crops. Crops are brought to 128×128; their ratio is that of the
    image, so images that were squeezed to a square before are taken for square.

    Args:
        files: name and content of each.
        config: what they show, and whether to align.

    Raises:
        SourceError: a file is no image, two are of one number, sizes are mixed or unfit, or colour and grey are mixed.
    """
    numbers, ordered = _in_order(files)
    images = [_decode(name, data) for name, data in ordered]
    names = [name for name, _ in ordered]
    content = Content({})
    if _in_colour(images, names, config):
        if config.align:
            raise SourceError(
                "its images are in colour, and only silhouettes are aligned",
                next_step="leave --align out, or say --kind silhouette",
            )
        content.arrays["rgb"], content.arrays["ratio"] = crops(content, images)
        return complete(content, numbers)
    flat = full_scale([image if image.ndim == 2 else image[:, :, 0] for image in images])
    if config.align:
        # Frame by frame, since pictures of one sequence may differ in size.
        pairs = [aligned(content, image[None], config.width or 64, config.min_pixels) for image in flat]
        content.arrays["silhouette"] = np.concatenate([silhouette for silhouette, _ in pairs])
        content.arrays["valid"] = np.concatenate([valid for _, valid in pairs])
    else:
        _check_sizes(flat, names)
        stacked = np.stack(flat)
        content.note("silhouettes with grey pixels, kept", grey_frames(stacked))
        content.arrays["silhouette"] = to_width(stacked, config.width)
    return complete(content, numbers)


def _in_order(
    files: Sequence[tuple[str, bytes]],
) -> tuple[NDArray[np.int64] | None, Sequence[tuple[str, bytes]]]:
    found = [[int(digits) for digits in _NUMBER.findall(PurePath(name).stem)] for name, _ in files]
    if not all(found):
        return None, files
    # The last number, or the last that is not the same in all names, as in `12_mask0.png`.
    fewest = min(map(len, found))
    places = [place for place in range(-1, -fewest - 1, -1) if len({digits[place] for digits in found}) > 1]
    numbers = np.array([digits[places[0] if places else -1] for digits in found], np.int64)
    order = np.argsort(numbers, kind="stable").tolist()
    for before, after in pairwise(order):
        if numbers[before] == numbers[after]:
            raise SourceError(f"{files[before][0]} and {files[after][0]} are both frame {numbers[after]}")
    return numbers[order], [files[place] for place in order]


def _decode(name: str, data: bytes) -> Images:
    whole = data and not _is_cut_off(data)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if whole else None
    if image is None:
        raise SourceError(f"{name} is no image that can be read", cause="it is empty, cut off or of another kind")
    if image.dtype != np.uint8:
        raise SourceError(f"{name} has {image.dtype} pixels", next_step="convert it to 8 bits a channel")
    return np.asarray(image[:, :, 2::-1] if image.ndim == 3 else image, np.uint8)


def _is_cut_off(data: bytes) -> bool:
    """Whether a PNG or JPEG lacks its end, which OpenCV does not mind."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data[-64:]
    return data.startswith(b"\xff\xd8") and not data.rstrip(b"\0").endswith(b"\xff\xd9")


def _in_colour(images: Sequence[Images], names: Sequence[str], config: ImportConfig) -> bool:
    """Whether they are RGB crops."""
    if config.content == "silhouette":
        return False
    coloured = [image.ndim == 3 and bool(np.ptp(image, axis=2).any()) for image in images]
    if config.content == "auto" and not any(coloured):
        return False
    grey = next((name for name, image in zip(names, images, strict=True) if image.ndim == 2), None)
    if grey is not None:
        raise SourceError(
            f"{grey} is grey, others are in colour", next_step="separate them, or say --kind silhouette or --kind rgb"
        )
    return True


def _check_sizes(images: Sequence[Images], names: Sequence[str]) -> None:
    first = images[0].shape
    for name, image in zip(names, images, strict=True):
        if image.shape != first:
            raise SourceError(
                f"its images differ in size: {_size(first)} at first, {_size(image.shape)} at {name}",
                next_step="silhouettes of whole pictures can be brought to size with --align",
            )
    if first not in SILHOUETTE_SHAPES:
        raise SourceError(
            f"its images are {_size(first)} pixels, silhouettes are 44×64 or 64×64",
            next_step="size-normalise them with --align",
        )


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}×{shape[0]}"
