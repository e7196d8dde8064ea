"""Whether the content of a whole store can be what it says: ranges, pairing of arrays, equal and frozen sequences."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.store.inventory import Problem
from gaitprep.store.pictures import look
from gaitprep.store.reader import StoreReader
from gaitprep.store.schema import PICTURES

_RATIOS = (0.02, 10.0)
"""Width/height that a crop of a person can have, generously: a person lying down, a sliver at the edge."""

_RATIO_ERROR = 0.02
"""How far a ratio may be from that of its box: rounding of boxes of a few pixels."""

Likeness = tuple[int, ...] | None
"""Frames and checksums of a sequence: what equal ones share."""

_FEWEST = 3
"""A sequence of fewer frames says nothing by standing still."""


def implausible(store: StoreReader) -> list[Problem]:
    """What of the content cannot be (faults), or may not be meant (remarks), in the order of sequences."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = list(pool.map(lambda row: _judge(store, row), range(len(store.sequences))))
    found = [problem for problems, _ in judged for problem in problems]
    return found + _equals(store, [likeness for _, likeness in judged])


def _judge(store: StoreReader, row: int) -> tuple[list[Problem], Likeness]:
    """What is to say of one sequence, and what an equal one would share with it (None where it shows nothing)."""
    name = _name(store, row)
    looks = {array: look(store, array, row) for array in _shown(store)}
    arrays = {array: store.sequence(array, row) for array in store.arrays if array not in PICTURES}
    problems = [Problem(name, "range", detail) for detail in _ranges(arrays)]
    if "mask" in looks and not looks["mask"].binary:
        problems.append(Problem(name, "range", "has mask values other than 0 and 255"))
    valid = arrays["valid"]
    for array, seen in looks.items():
        empty = int((valid & seen.blank).sum())
        if empty and array != "rgb":
            problems.append(Problem(name, "pairing", f"has {empty} valid frames with an empty {array}"))
    if not valid.any():
        problems.append(Problem(name, "empty", "has no valid frame"))
    if len(valid) >= _FEWEST and valid.any() and all(seen.frozen for seen in looks.values()):
        problems.append(Problem(name, "frozen", f"shows the same picture in all {len(valid)} frames"))
    likeness = (len(valid), *(seen.checksum for seen in looks.values()))
    return problems, likeness if valid.any() else None


def _ranges(arrays: dict[str, NDArray[Any]]) -> Iterator[str]:
    frame = arrays["frame"]
    if frame[0] < 0 or (np.diff(frame) <= 0).any():
        yield "has frames out of order (frame does not rise)"
    if "pts" in arrays and not (np.isfinite(arrays["pts"]).all() and (np.diff(arrays["pts"]) >= 0).all()):
        yield "has times out of order (pts falls, or is no number)"
    if "quality" in arrays and not ((arrays["quality"] >= 0) & (arrays["quality"] <= 1)).all():
        yield "has a quality outside 0 to 1"
    if "ratio" in arrays:
        ratio = arrays["ratio"]
        if not ((ratio >= _RATIOS[0]) & (ratio <= _RATIOS[1])).all():
            yield f"has a ratio outside {_RATIOS[0]} to {_RATIOS[1]}"
        elif "box" in arrays:
            left, top, right, bottom = arrays["box"].T.astype(np.float64)
            there = (right > left) & (bottom > top)
            true = (right - left)[there] / (bottom - top)[there]
            if (np.abs(true / ratio[there] - 1) > _RATIO_ERROR).any():
                yield "has a ratio that is not width/height of its box"
    if "box" in arrays and not np.isfinite(arrays["box"]).all():
        yield "has a box that is no number"


def _equals(store: StoreReader, likenesses: list[Likeness]) -> list[Problem]:
    """Sequences with equal pictures, and videos or pictures on both sides of the split."""
    table, found = store.sequences, []
    split = store.protocol.split(sorted(set(table.subject.tolist()))) if store.protocol else None
    side = dict.fromkeys(split.train, "train") | dict.fromkeys(split.test, "test") if split else {}
    groups: dict[Likeness, list[int]] = defaultdict(list)
    for row, likeness in enumerate(likenesses):
        if likeness is not None:
            groups[likeness].append(row)
    for first, *others in groups.values():
        for row in (row for row in others if _same(store, first, row)):
            leak = {side.get(table.subject[first]), side.get(table.subject[row])} == {"train", "test"}
            detail = f"has the same pictures as {_name(store, first)}"
            found.append(
                Problem(_name(store, row), "leak", f"{detail}, which is on the other side of the split")
                if leak
                else Problem(_name(store, row), "duplicate", detail)
            )
    keys = list(zip(table.subject, table.condition, table.view, table.video, table.tracklet, strict=True))
    seen: set[tuple[str, ...]] = set()
    for row, key in enumerate(keys):
        if key in seen:
            found.append(Problem(_name(store, row), "duplicate", "has the same labels as another sequence"))
        seen.add(key)
    sides: dict[str, set[str]] = defaultdict(set)
    for subject, video in zip(table.subject.tolist(), table.video.tolist(), strict=True):
        if subject in side:
            sides[video].add(side[subject])
    for video, both in sides.items():
        if len(both) > 1:
            found.append(Problem(f"video {video}", "shared", "shows people of both sides of the split"))
    return found


def _same(store: StoreReader, one: int, other: int) -> bool:
    """Whether two sequences of equal checksums are equal indeed."""
    return all(np.array_equal(store.sequence(name, one), store.sequence(name, other)) for name in _shown(store))


def _shown(store: StoreReader) -> list[str]:
    """The arrays that tell what a sequence shows: outlines; crops where there are none."""
    return [name for name in ("mask", "silhouette") if name in store.arrays] or ["rgb"]


def _name(store: StoreReader, row: int) -> str:
    table = store.sequences
    return f"sequence {row} ({table.subject[row]} {table.condition[row]} {table.view[row]})"
