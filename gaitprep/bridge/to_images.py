"""A store as a tree of PNG images, one a frame, named as CASIA-B's silhouettes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.content import to_width
from gaitprep.bridge.frames import Choice, Frames
from gaitprep.bridge.pictures import SUFFIXES
from gaitprep.bridge.placement import Place, Written, write_tree
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader


def export_images(
    store: StoreReader,
    root: Path,
    events: Events,
    *,
    array: str = "silhouette",
    width: int | None = None,
    frames: Choice = "all",
    workers: int = 0,
) -> Written:
    """Writes `<subject>/<condition>/<view>/<subject>-<condition>-<view>-<frame>.png`.

    The number is that of the frame in its video; where numbers repeat, the frames are counted from 0.

    Args:
        store: an open store.
        root: of the tree.
        events: where progress goes.
        array: `rgb`, `mask` or `silhouette`.
        width: columns of silhouettes; None as they are.
        frames: all, or the valid ones only.
        workers: threads.

    Raises:
        StoreError: the array is not there.
        UsageError: a folder holds images that the export would not write.
    """
    store.require((array,))
    chosen = Frames(store, frames)

    def content(place: Place) -> dict[str, bytes]:
        images = chosen.read(array, place.row)
        if array == "silhouette":
            images = to_width(images, width)
        numbers = chosen.read("frame", place.row).tolist()
        if len(set(numbers)) < len(numbers):
            numbers = list(range(len(images)))
        start = f"{place.subject}-{place.condition}-{place.view}"
        return {f"{start}-{number:03d}.png": png(image) for number, image in zip(numbers, images, strict=True)}

    written, kept = write_tree(store, root, content, SUFFIXES, events, workers)
    return Written(len(store.sequences) - chosen.barren, chosen.barren, written, kept, chosen.invalid)


def png(image: NDArray[Any]) -> bytes:
    """A grey `[h, w]` or RGB `[h, w, 3]` uint8 image as PNG."""
    done, data = cv2.imencode(".png", np.ascontiguousarray(image[:, :, ::-1] if image.ndim == 3 else image))
    if not done:
        raise OSError("OpenCV could not encode a PNG")
    return bytes(data)
