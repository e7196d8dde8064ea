from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import WorkError
from gaitprep.pack.pieces import SOURCES, fetch
from gaitprep.pack.plan import Piece
from gaitprep.store.schema import ARRAY_NAMES, ARRAYS, ArraySpec
from tests.builders import Walk, build_work, draw_masks, draw_rgb

SPECS = {spec.name: spec for spec in ARRAYS}


def test_every_array_of_the_store_has_one_source() -> None:
    assert sorted(name for names in SOURCES.values() for name in names) == sorted(ARRAY_NAMES)


def test_only_the_frames_asked_for_in_the_order_asked_for(tmp_path: Path) -> None:
    one, two = Walk("001", frames=9), Walk("002", frames=7)
    work = build_work(tmp_path, [one, two])
    pieces = [Piece(two.video_id, "0001", 0, 2), Piece(one.video_id, "0001", 5, 9)]
    rgb, frame = fetch(work, "track", [SPECS["rgb"], SPECS["frame"]], pieces)
    drawn = [draw_rgb(walk, draw_masks(walk)) for walk in (two, one)]
    np.testing.assert_array_equal(rgb, np.concatenate([drawn[0][:2], drawn[1][5:]]))
    np.testing.assert_array_equal(frame, [0, 1, 5, 6, 7, 8])
    (valid,) = fetch(work, "align", [SPECS["valid"]], pieces)
    assert valid.dtype == bool
    assert valid.all()


def test_a_missing_file_or_another_shape_is_an_error(tmp_path: Path) -> None:
    walk = Walk("001", frames=3)
    work = build_work(tmp_path, [walk])
    with pytest.raises(WorkError, match="missing"):
        fetch(work, "track", [SPECS["rgb"]], [Piece("nobody", "0001", 0, 1)])
    with pytest.raises(KeyError):
        fetch(work, "track", [SPECS["mask"]], [Piece(walk.video_id, "0001", 0, 1)])
    wide = ArraySpec("silhouette", (64, 64), "uint8")
    with pytest.raises(ValueError, match="silhouette has frames of"):
        fetch(work, "align", [wide], [Piece(walk.video_id, "0001", 0, 1)])
