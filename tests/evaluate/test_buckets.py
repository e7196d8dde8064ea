from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.evaluate import buckets
from gaitprep.evaluate.buckets import read_buckets
from gaitprep.store.reader import open_store


def test_sequences_of_equal_length_come_together_and_every_frame_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "LONGEST", 8)
    reader = open_store(home)
    lengths = {0: 3, 1: 2, 2: 3, 3: 2, 4: 3, 5: 6}
    found = list(read_buckets(reader, ("silhouette", "ratio"), lengths, lambda row: np.arange(lengths[row])))
    assert [bucket.rows.tolist() for bucket in found] == [[1, 3], [0, 2], [4], [5]]
    for bucket in found:
        for row, frames, silhouettes in zip(bucket.rows, bucket.frames, bucket.arrays["silhouette"], strict=True):
            assert frames.tolist() == list(range(lengths[int(row)]))
            np.testing.assert_array_equal(silhouettes, reader.take("silhouette", int(row), frames))
        assert bucket.arrays["ratio"].shape == bucket.frames.shape


def test_a_long_sequence_comes_in_equal_pieces(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LONGEST", 4)
    found = list(read_buckets(open_store(home), ("ratio",), [2], lambda _: np.arange(6)))
    assert [bucket.frames.tolist() for bucket in found] == [[[0, 1, 2]], [[3, 4, 5]]]
    assert all(bucket.rows.tolist() == [2] for bucket in found)
