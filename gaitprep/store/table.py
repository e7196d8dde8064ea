"""The table of sequences: where each lies on the frame axis, and its labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.codecs import CHECKSUM_BYTES, checksum, index_codecs
from gaitprep.store.root import json_bytes
from gaitprep.store.schema import ROOT, SEQUENCES, array_metadata, group_metadata

LABELS = ("subject", "condition", "view", "video", "tracklet")
POSITIONS = ("start", "length")


@dataclass(frozen=True)
class SequenceTable:
    """One row for each sequence, in the order of the frame axis.

    Attributes:
        start: first frame of the sequence on the frame axis, `[q]` i8.
        length: frames in it, `[q]` i8.
        subject, condition, view, video, tracklet: labels, `[q]` str.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    subject: NDArray[np.str_]
    condition: NDArray[np.str_]
    view: NDArray[np.str_]
    video: NDArray[np.str_]
    tracklet: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.start)

    @staticmethod
    def of(lengths: Sequence[int], labels: Mapping[str, Sequence[str]]) -> SequenceTable:
        """The table of sequences that lie one behind the other, `lengths` frames each."""
        length = np.asarray(lengths, np.int64)
        start = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int64)
        return SequenceTable(start, length, **{name: np.asarray(labels[name], np.str_) for name in LABELS})


def extended(table: SequenceTable, more: SequenceTable, start: int) -> SequenceTable:
    """`table` with the rows of `more` behind its own, the first of which begins at frame `start`."""
    columns = {name: np.concatenate([getattr(table, name), getattr(more, name)]) for name in LABELS}
    length = np.concatenate([table.length, more.length])
    return SequenceTable(np.concatenate([table.start, more.start + start]), length, **columns)


def table_objects(table: SequenceTable) -> dict[str, bytes]:
    """The stored objects of the group `sequences`: content by name.

    Labels are integer codes with their names in the attribute `names`, since Zarr v3 has no settled type for text.
    """
    objects = {f"{SEQUENCES}/{ROOT}": json_bytes(group_metadata({}))}
    for name in POSITIONS:
        objects |= _column(name, getattr(table, name).astype("<i8"), {})
    for name in LABELS:
        codes, names = _encode(getattr(table, name))
        objects |= _column(name, codes, {"names": names})
    return objects


def read_table(fetch: Callable[[str], bytes]) -> SequenceTable:
    """Rebuilds the table; `fetch` gives the content of a stored object by its name.

    Raises:
        ValueError: a code has no name, or the columns differ in length.
    """
    columns = {name: _values(fetch, name)[0] for name in POSITIONS}
    for name in LABELS:
        codes, attributes = _values(fetch, name)
        names = np.asarray(attributes["names"], np.str_)
        if len(codes) and (codes.min() < 0 or codes.max() >= len(names)):
            raise ValueError(f"{SEQUENCES}/{name} has codes without a name")
        columns[name] = names[codes]
    if len({len(column) for column in columns.values()}) != 1:
        raise ValueError(f"the columns of {SEQUENCES} differ in length")
    return SequenceTable(**columns)


def _encode(values: NDArray[np.str_]) -> tuple[NDArray[Any], list[str]]:
    """Codes in the order of first appearance."""
    codes: dict[str, int] = {}
    column = [codes.setdefault(value, len(codes)) for value in values.tolist()]
    return np.asarray(column, "<i4"), list(codes)


def _column(name: str, values: NDArray[Any], attributes: dict[str, Any]) -> dict[str, bytes]:
    key = f"{SEQUENCES}/{name}"
    # An unsharded array with one chunk: the codecs are those of a shard's index, plain bytes and a checksum.
    metadata = array_metadata(
        values.shape, (max(1, len(values)),), values.dtype.name, index_codecs(), ("sequence",), attributes
    )
    data = values.view(np.uint8)
    return {f"{key}/{ROOT}": json_bytes(metadata), f"{key}/c/0": data.tobytes() + checksum(data)}


def _values(fetch: Callable[[str], bytes], name: str) -> tuple[NDArray[Any], dict[str, Any]]:
    metadata = json.loads(fetch(f"{SEQUENCES}/{name}/{ROOT}"))
    content = fetch(f"{SEQUENCES}/{name}/c/0")[:-CHECKSUM_BYTES]
    values = np.frombuffer(content, np.dtype(metadata["data_type"]).newbyteorder("<"))
    return values.astype(metadata["data_type"]), metadata["attributes"]
