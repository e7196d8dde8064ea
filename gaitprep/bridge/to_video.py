"""A sequence of a store as a video for a look: crop, mask and silhouette side by side, as far as there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import StoreError
from gaitprep.report.draw import GREY, PAPER, RED, Image, text
from gaitprep.store.reader import StoreReader
from gaitprep.store.schema import PICTURES
from gaitprep.video.writer import VideoWriter

_HEIGHT = 384
_HEADER = 24
_GAP = 12
_FPS = 25.0


def find_sequence(store: StoreReader, name: str) -> int:
    """The row that is meant by a number or by `subject/condition/view`.

    Raises:
        StoreError: there is none, or there are several.
    """
    table = store.sequences
    if name.isdigit() and int(name) < len(table):
        return int(name)
    names = ["/".join(parts) for parts in zip(table.subject, table.condition, table.view, strict=True)]
    rows = [row for row, label in enumerate(names) if label == name]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise StoreError(
            f"{store.path} has {len(rows)} sequences {name}", next_step=f"give a number: {', '.join(map(str, rows))}"
        )
    raise StoreError(
        f"{store.path} has no sequence {name!r}", next_step=f"e.g. {names[0]}, or a number from 0 to {len(names) - 1}"
    )


def export_video(store: StoreReader, row: int, out: Path, *, fps: float | None = None) -> int:
    """Writes one sequence as H.264 and returns how many frames it has.

    Crops and masks are shown at their true width. Frames that are not valid are marked.

    Args:
        store: an open store.
        row: of the sequence.
        out: the file, `.mp4` or `.mkv`; appears when it is whole.
        fps: frame rate, 1/s; by the store's times, else 25, when None.
    """
    arrays = {name: store.sequence(name, row) for name in PICTURES if name in store.arrays}
    valid = store.sequence("valid", row)
    numbers = store.sequence("frame", row)
    ratio = store.sequence("ratio", row) if "ratio" in store.arrays else np.ones(len(valid), np.float32)
    widths = {name: _widths(name, array, ratio) for name, array in arrays.items()}
    total = sum(int(width.max()) for width in widths.values()) + _GAP * (len(arrays) + 1)
    table = store.sequences
    title = f"{table.subject[row]} {table.condition[row]} {table.view[row]}"
    with VideoWriter(out, total, _HEADER + _HEIGHT + _GAP, fps or _rate(store, row)) as video:
        for place in range(len(valid)):
            sheet = np.full((_HEADER + _HEIGHT + _GAP, total, 3), PAPER, np.uint8)
            words = f"{title}  frame {numbers[place]}" + ("" if valid[place] else "  not valid")
            text(sheet, words, _GAP, 16, colour=GREY if valid[place] else RED)
            left = _GAP
            for name, array in arrays.items():
                room = int(widths[name].max())
                _paste(sheet, array[place], left, room, int(widths[name][place]))
                left += room + _GAP
            video.write(sheet)
    return len(valid)


def _widths(name: str, array: NDArray[Any], ratio: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns of each frame at the common height."""
    shape = np.full(len(array), array.shape[2] / array.shape[1]) if name == "silhouette" else ratio
    return np.asarray(np.clip(np.round(_HEIGHT * shape), 1, 2 * _HEIGHT), dtype=np.int64)


def _paste(sheet: Image, image: NDArray[np.uint8], left: int, room: int, width: int) -> None:
    """Puts a frame into the middle of its room."""
    shown = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
    scaled = cv2.resize(np.ascontiguousarray(shown), (width, _HEIGHT), interpolation=cv2.INTER_LINEAR)
    start = left + (room - width) // 2
    sheet[_HEADER : _HEADER + _HEIGHT, start : start + width] = scaled


def _rate(store: StoreReader, row: int) -> float:
    if "pts" not in store.arrays:
        return _FPS
    steps = np.diff(store.sequence("pts", row))
    median = float(np.median(steps)) if len(steps) else 0.0
    return 1 / median if median > 0 else _FPS
