"""The frames of one sequence in the form of a store, whatever files they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.errors import SourceError
from gaitprep.track.crop import SIZE

Images = NDArray[np.uint8]

THRESHOLD = 128
"""Grey from which a pixel of a mask counts as body."""

_NARROW, _WIDE = 44, 64


@dataclass
class Content:
    """Equally long arrays of one sequence, by their names in a store, and what was noticed.

    Attributes:
        arrays: as `schema.ARRAYS` gives their frames.
        noticed: counts of frames by what was done to them or seen in them.
    """

    arrays: dict[str, NDArray[Any]]
    noticed: dict[str, int] = field(default_factory=dict)

    def note(self, what: str, frames: int) -> None:
        """Counts frames."""
        if frames:
            self.noticed[what] = self.noticed.get(what, 0) + frames


def complete(content: Content, numbers: NDArray[np.int64] | None = None) -> Content:
    """Checks that the arrays belong together and adds `frame` and `valid`.

    A frame is valid unless its silhouette or its mask is empty.

    Args:
        content: what was read; may hold `valid` already.
        numbers: `[n]` numbers of the frames; counted from 0 when None.

    Raises:
        SourceError: the arrays differ in length, or there is no frame.
    """
    lengths = {name: len(array) for name, array in content.arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SourceError(f"its arrays differ in length: {told} frames", next_step="get the sequence again")
    length = next(iter(lengths.values()), 0)
    if not length:
        raise SourceError("it has no frame")
    if "valid" not in content.arrays:
        content.arrays["valid"] = np.ones(length, bool)
        for name in ("silhouette", "mask"):
            if name in content.arrays:
                content.arrays["valid"] &= content.arrays[name].any(axis=(1, 2))
    content.note("frames without a person", int((~content.arrays["valid"]).sum()))
    content.arrays["frame"] = np.arange(length, dtype=np.int64) if numbers is None else numbers
    return content


def full_scale(images: Sequence[NDArray[Any]]) -> list[Images]:
    """Black and white as 0 and 255 where they are 0 and 1 or truth values; everything else as it is.

    Args:
        images: all silhouettes or masks of a sequence, in as many arrays as it takes; together they tell the scale.

    Raises:
        SourceError: they are of another scale, such as numbers of classes, so that nothing of them is white.
    """
    peak = max((int(part.max()) for part in images if part.size), default=0)
    if 1 < peak < THRESHOLD:
        raise SourceError(
            f"its brightest pixel is {peak}, where white is 255 or 1",
            next_step="save the silhouettes as 0 and 255",
        )
    whole = [part.astype(np.uint8, copy=False) for part in images]
    return [part * np.uint8(255) for part in whole] if peak == 1 else whole


def grey_frames(images: Images) -> int:
    """How many of `[n, h, w]` have pixels that are neither 0 nor 255."""
    # One pass over all: 1 … 254 become 0 … 253.
    return int(((images - np.uint8(1)) < 254).any(axis=(1, 2)).sum())


def binary(content: Content, images: Images) -> Images:
    """Masks cut at `THRESHOLD`; notes how many frames that changed."""
    grey = grey_frames(images)
    content.note("grey masks, cut at 128", grey)
    return np.where(images >= THRESHOLD, np.uint8(255), np.uint8(0)) if grey else images


def aligned(content: Content, masks: Images, width: int, min_pixels: int) -> tuple[Images, NDArray[np.bool_]]:
    """Size-normalises masks of full scale whose pixels are square, such as those of whole pictures.

    Returns:
        Silhouettes `[n, 64, width]`, and whether at least `min_pixels` pixels of each mask are white.
    """
    masks = binary(content, masks)
    ratio = np.full(len(masks), masks.shape[2] / masks.shape[1], np.float32)
    return normalise(masks, ratio, (64, width)), np.count_nonzero(masks, axis=(1, 2)) >= min_pixels


def to_width(silhouettes: Images, width: int | None) -> Images:
    """Silhouettes `[n, 64, 44 or 64]` with the wanted width: ten columns on either side are cut off or added."""
    side = (_WIDE - _NARROW) // 2
    if width is None or silhouettes.shape[2] == width:
        return silhouettes
    if width == _NARROW:
        return silhouettes[:, :, side:-side]
    return np.pad(silhouettes, ((0, 0), (0, 0), (side, side)))


def crops(content: Content, images: Sequence[Images]) -> tuple[Images, NDArray[np.float32]]:
    """RGB crops `[h, w, 3]` of any sizes, brought to 128×128, and the width/height that each had."""
    rgb = np.empty((len(images), SIZE, SIZE, 3), np.uint8)
    ratio = np.empty(len(images), np.float32)
    for place, image in enumerate(images):
        height, width = image.shape[:2]
        ratio[place] = width / height
        how = cv2.INTER_AREA if height * width > SIZE * SIZE else cv2.INTER_LINEAR
        rgb[place] = cv2.resize(image, (SIZE, SIZE), interpolation=how)
    content.note("RGB images wider than high (whole pictures are for gaitprep track)", int((ratio > 1).sum()))
    return rgb, ratio


def shapes(arrays: Mapping[str, NDArray[Any]]) -> dict[str, tuple[int, ...]]:
    """The shape of one frame of each array."""
    return {name: array.shape[1:] for name, array in arrays.items()}
