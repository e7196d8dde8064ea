from __future__ import annotations

import numpy as np
import pytest

from gaitprep.store.offset import OffsetReader, move
from gaitprep.store.reader import StoreReader


def test_what_comes_in_repeats_the_border_or_is_empty() -> None:
    picture = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)
    assert move(picture, 1, -2, repeat=True).tolist() == [[3, 4, 4, 4], [3, 4, 4, 4], [7, 8, 8, 8]]
    assert move(picture, 1, -2, repeat=False).tolist() == [[0, 0, 0, 0], [3, 4, 0, 0], [7, 8, 0, 0]]
    assert (move(picture, 0, 0, repeat=False) == picture).all()


def test_masks_and_crops_move_together_however_they_are_read(store: StoreReader) -> None:
    moved = OffsetReader(store, 5)
    start = int(store.sequences.start[1])
    for name in ("rgb", "mask"):
        whole = moved.sequence(name, 1)
        for number, frame in enumerate(store.sequence(name, 1)):
            down, right = moved.offsets[start + number]
            np.testing.assert_array_equal(whole[number], move(frame, down, right, repeat=name == "rgb"))
        np.testing.assert_array_equal(moved.take(name, 1, [7, 2, 2]), whole[[7, 2, 2]])
        out = np.empty_like(whole[3:6])
        moved.read(name, start + 3, start + 6, out)
        np.testing.assert_array_equal(out, whole[3:6])
    np.testing.assert_array_equal(moved.sequence("silhouette", 1), store.sequence("silhouette", 1))


def test_half_of_the_frames_move_along_an_axis_and_never_too_far(store: StoreReader) -> None:
    moved = OffsetReader(store, 3)
    assert moved.offsets.shape == (store.frames, 2)
    assert abs(moved.offsets).max() == 3
    assert (moved.offsets != 0).mean() == pytest.approx(0.5, abs=0.15)
    np.testing.assert_array_equal(moved.offsets, OffsetReader(store, 3).offsets)
    assert (moved.offsets != OffsetReader(store, 3, seed=1).offsets).any()
