"""A store as a tree of pickles that OpenGait reads."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.content import to_width
from gaitprep.bridge.frames import Choice, Frames
from gaitprep.bridge.partition import partition_json
from gaitprep.bridge.pickles import SUFFIXES
from gaitprep.bridge.placement import Place, Written, write_tree
from gaitprep.errors import StoreError
from gaitprep.run.atomic import publish_text
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader

_FILES = {"silhouette": "aligned-sils", "ratio": "ratios", "rgb": "rgbs", "mask": "sils"}
"""Endings of CASIA-B*'s files; read in the order of names, they come in this order."""

_PROTOCOL = 3
_WRITTEN, _PORTABLE = b"\x80\x03cnumpy._core.multiarray\n", b"\x80\x03cnumpy.core.multiarray\n"


def export_opengait(
    store: StoreReader,
    root: Path,
    events: Events,
    *,
    partition: Path,
    arrays: Sequence[str] = (),
    width: int | None = None,
    frames: Choice = "all",
    workers: int = 0,
) -> Written:
    """Writes `<subject>/<condition>/<view>/*.pkl`, and the partition of its protocol.

    One array alone goes into `<view>.pkl` if it is silhouettes; several go into `<view>-aligned-sils.pkl`,
    `<view>-ratios.pkl`, `<view>-rgbs.pkl` and `<view>-sils.pkl`.

    Args:
        store: an open store.
        root: of the tree.
        events: where progress goes.
        partition: the file that gets the training and the test subjects.
        arrays: which to write; all that there are when empty.
        width: columns of silhouettes; None as they are.
        frames: all, or the valid ones only.
        workers: threads.

    Raises:
        StoreError: an array is not there.
        UsageError: a folder holds files that the export would not write.
    """
    store.require(arrays)
    wanted = [name for name in _FILES if name in (arrays or store.arrays)]
    if not wanted:
        raise StoreError(f"{store.path} has none of {', '.join(_FILES)}")
    chosen = Frames(store, frames)

    def content(place: Place) -> dict[str, bytes]:
        files = {}
        for name in wanted:
            array = chosen.read(name, place.row)
            if not len(array):
                return {}
            alone = wanted == ["silhouette"]
            files[f"{place.view}.pkl" if alone else f"{place.view}-{_FILES[name]}.pkl"] = pickled(
                _as_opengait(name, array, width)
            )
        return files

    written, kept = write_tree(store, root, content, SUFFIXES, events, workers)
    if store.protocol is not None:
        table = store.sequences
        labels = list(zip(table.subject.tolist(), table.condition.tolist(), table.view.tolist(), strict=True))
        publish_text(partition, partition_json(store.protocol, labels))
    left = chosen.barren
    made = partition if store.protocol is not None else None
    return Written(len(store.sequences) - left, left, written, kept, chosen.invalid, made)


def pickled(array: NDArray[Any]) -> bytes:
    """A pickle that Python 3 with any NumPy reads; NumPy 2 on its own would write one that older ones refuse."""
    data = pickle.dumps(np.ascontiguousarray(array), protocol=_PROTOCOL)
    return data.replace(_WRITTEN, _PORTABLE, 1) if data.startswith(_WRITTEN) else data


def _as_opengait(name: str, array: NDArray[Any], width: int | None) -> NDArray[Any]:
    if name == "rgb":
        return array.transpose(0, 3, 1, 2)
    return to_width(array, width) if name == "silhouette" else array
