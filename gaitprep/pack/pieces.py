"""Fetches the frames of a shard from the work files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.pack.plan import Piece
from gaitprep.store.schema import ArraySpec
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir

SOURCES: dict[str, tuple[str, ...]] = {
    "track": ("rgb", "ratio", "frame", "pts", "box"),
    "segment": ("mask",),
    "align": ("silhouette", "valid", "quality"),
}
"""Which stage's file holds which array of the store."""


def fetch(work: WorkDir, stage: str, specs: Sequence[ArraySpec], pieces: Sequence[Piece]) -> list[NDArray[Any]]:
    """Reads exactly the frames of `pieces` from the files of one stage, one piece behind the other.

    Returns:
        For each of `specs`, `[n, *frame_shape]` of its type, where n is the frames of all pieces.

    Raises:
        WorkError: a work file is missing or damaged.
        KeyError: it lacks a tracklet or dataset.
        ValueError: a dataset has another shape.
    """
    total = sum(len(piece) for piece in pieces)
    arrays = [np.empty((total, *spec.frame_shape), spec.dtype) for spec in specs]
    start = 0
    for piece in pieces:
        with open_work_file(work.file(stage, piece.video)) as file:
            tracklet = file[piece.tracklet]
            for spec, array in zip(specs, arrays, strict=True):
                dataset = tracklet[spec.name]
                if dataset.shape[1:] != spec.frame_shape:
                    raise ValueError(f"{piece.video}: {spec.name} has frames of {dataset.shape[1:]}")
                dataset.read_direct(array, np.s_[piece.first : piece.last], np.s_[start : start + len(piece)])
        start += len(piece)
    return arrays
