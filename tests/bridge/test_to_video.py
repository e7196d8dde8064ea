"""A sequence as a video for a look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.bridge.to_video import export_video, find_sequence
from gaitprep.errors import StoreError
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.video.info import probe
from gaitprep.video.read import read_frames
from tests.bridge.trees import imported, plain
from tests.builders import RATIO, Walk, build_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> StoreReader:
    sequences = [Walk("001", frames=6), Walk("002", frames=8, invalid=2)]
    return open_store(build_store(tmp_path_factory.mktemp("video"), sequences))


def test_crop_mask_and_silhouette_stand_side_by_side(store: StoreReader, tmp_path: Path) -> None:
    out = tmp_path / "walk.mp4"
    assert export_video(store, 1, out) == 8
    frames = [frame.image for frame in read_frames(out)]
    assert len(frames) == 8
    assert probe(out).fps == pytest.approx(25)
    narrow, wide = round(384 * RATIO), round(384 * 44 / 64)
    assert frames[0].shape == (420, 2 * narrow + wide + 4 * 12, 3)
    mask = frames[5][24:408, 2 * 12 + narrow : 2 * 12 + 2 * narrow]
    expected = store.sequence("mask", 1)[5]
    shown = mask.mean(axis=2)[1::3, :] > 127
    assert abs(shown.mean() - (expected > 0).mean()) < 0.02
    # The title of a frame that is not valid is red.
    title = frames[0][:24].astype(int)
    assert (title[:, :, 0] - title[:, :, 2]).max() > 60
    valid = frames[5][:24].astype(int)
    assert np.abs(valid[:, :, 0] - valid[:, :, 2]).max() < 60


def test_a_store_of_silhouettes_alone(tmp_path: Path) -> None:
    store = imported(plain(tmp_path / "tree", 1), tmp_path / "out.zarr")
    assert export_video(store, 0, tmp_path / "a.mp4", fps=10) == 7
    assert probe(tmp_path / "a.mp4").fps == pytest.approx(10)


def test_sequences_are_found_by_number_or_labels(store: StoreReader) -> None:
    assert find_sequence(store, "1") == 1
    assert find_sequence(store, "001/nm-01/090") == 0
    with pytest.raises(StoreError, match=r"no sequence '9/x/y'; e\.g\. 001/nm-01/090, or a number from 0 to"):
        find_sequence(store, "9/x/y")
