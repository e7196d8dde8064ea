"""Recognition by colour alone: is what people wear a shortcut in a store, and for which probes?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gaitprep.errors import StoreError
from gaitprep.evaluate.buckets import read_buckets
from gaitprep.evaluate.embed import ValidFrames
from gaitprep.evaluate.protocol import Sequences, rounds, rows_under_test
from gaitprep.evaluate.recognition import mean_over_conditions, score
from gaitprep.evaluate.results import Checkpoint, RecognitionResult
from gaitprep.run.events import Events
from gaitprep.store.reader import open_store

COLOUR = "colour"
_LEVELS = 8


def recognise_by_colour(store: Path, events: Events) -> RecognitionResult:
    """Rank-k of the nearest neighbour by the mean colour histogram inside the reference masks.

    Nothing is trained. The distance is Hellinger's, between the histograms of whole sequences.

    Args:
        store: with `rgb`, `mask` and a protocol.
        events: where progress goes.

    Raises:
        StoreError: it has none of these, or its protocol leaves nothing to compare.
    """
    reader = open_store(store)
    reader.require(("rgb", "mask"))
    protocol, table = reader.protocol, reader.sequences
    if protocol is None:
        raise StoreError(f"store {reader.name} has no protocol, so nobody knows who is sought among whom")
    labels, frames = Sequences(table.subject, table.condition, table.view), ValidFrames(reader)
    tested = rows_under_test(labels, protocol, name=reader.name)
    usable = np.array([row for row in tested if len(frames(int(row)))], np.int64)
    found = rounds(labels, usable, protocol, name=reader.name)
    sums = {row: np.zeros(_LEVELS**3) for row in found.rows.tolist()}
    events.begin(f"colours of {reader.name}", len(found.rows))
    for bucket in read_buckets(reader, ("rgb", "mask"), found.rows.tolist(), frames):
        for row, rgb, mask in zip(bucket.rows.tolist(), bucket.arrays["rgb"], bucket.arrays["mask"], strict=True):
            sums[row] += colour_histogram(rgb, mask)
        events.advance(len(bucket.rows))
    events.end()
    embeddings = torch.from_numpy(np.stack([_hellinger(total) for total in sums.values()]))[:, :, None]
    conditions = score(embeddings, labels, found, protocol)
    return RecognitionResult(
        checkpoint=Checkpoint(name=COLOUR, method=COLOUR),
        test_set=reader.name,
        protocol=protocol.name,
        metric="per-part",
        precision="fp64",
        subjects=len(np.unique(labels.subject[found.rows])),
        gallery=len(found.gallery),
        conditions=conditions,
        accuracy=mean_over_conditions([condition.accuracy for condition in conditions]),
        chance=mean_over_conditions([condition.chance for condition in conditions]),
    )


def colour_histogram(rgb: NDArray[Any], mask: NDArray[Any]) -> NDArray[np.float64]:
    """How often each colour comes inside the masks.

    Args:
        rgb: `[s, h, w, 3]` uint8.
        mask: `[s, h, w]` uint8, body where above 127.

    Returns:
        `[512]` counts: eight levels of red, green and blue each.
    """
    levels = (rgb[mask > 127] // (256 // _LEVELS)).astype(np.int64)
    codes = (levels[:, 0] * _LEVELS + levels[:, 1]) * _LEVELS + levels[:, 2]
    return np.bincount(codes, minlength=_LEVELS**3).astype(np.float64)


def _hellinger(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(counts / max(counts.sum(), 1.0)))
