"""Crops beside the people, as a worse detector would give them [§5.3, Impact of GaitAlign, figure 6]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.reader import StoreReader

_PROBABILITY = 0.5
_STREAM = 0x0FF5E7


class OffsetReader(StoreReader):
    """Reads a store whose crops and masks are moved at random, each frame for itself.

    Along each axis a frame is moved with probability 0.5, by up to `pixels` either way, all distances as likely. What
    a moved crop would show beyond its border is not in the store: the border pixel of RGB is repeated, masks read as
    empty. Silhouettes, boxes and ratios stay.

    Args:
        reader: the store.
        pixels: how far at most, in pixels of the crop.
        seed: of the offsets, which are those of the frames, however they are read.

    Attributes:
        offsets: [frames, 2] how far each frame is moved down and to the right.
    """

    def __init__(self, reader: StoreReader, pixels: int, seed: int = 0) -> None:
        self.pixels = pixels
        super().__init__(reader.path, reader.document, reader.inventory)
        random = np.random.default_rng([seed, _STREAM])
        distances = random.integers(1, pixels, (self.frames, 2), endpoint=True)
        signs = random.choice([-1, 1], (self.frames, 2))
        self.offsets: NDArray[np.int64] = distances * signs * (random.random((self.frames, 2)) < _PROBABILITY)

    def read(self, name: str, start: int, stop: int, out: Any = None) -> NDArray[Any]:
        """See `StoreReader.read`."""
        frames = super().read(name, start, stop, out)
        if name in ("rgb", "mask"):
            for frame, (down, right) in zip(frames, self.offsets[start:stop], strict=True):
                frame[...] = move(frame, int(down), int(right), repeat=name == "rgb")
        return frames


def move(frame: NDArray[Any], down: int, right: int, *, repeat: bool) -> NDArray[Any]:
    """A picture `[h, w, …]` moved by whole pixels; what comes in repeats the border, or is zero."""
    height, width = frame.shape[:2]
    rows, columns = np.arange(height) - down, np.arange(width) - right
    moved: NDArray[Any] = frame[rows.clip(0, height - 1)][:, columns.clip(0, width - 1)]
    if not repeat:
        moved[(rows < 0) | (rows >= height)] = 0
        moved[:, (columns < 0) | (columns >= width)] = 0
    return moved
