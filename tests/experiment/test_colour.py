from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import StoreError
from gaitprep.experiment.colour import colour_histogram, recognise_by_colour
from gaitprep.run.events import Events
from tests.builders import build_store, protocol, walks


def test_only_pixels_of_the_body_are_counted() -> None:
    rgb = np.zeros((2, 2, 2, 3), np.uint8)
    rgb[0, 0, 0], rgb[1, 1, 1] = (255, 0, 31), (32, 64, 255)
    mask = np.zeros((2, 2, 2), np.uint8)
    mask[0, 0, 0], mask[1, 1, 1] = 255, 128
    counts = colour_histogram(rgb, mask)
    assert counts.sum() == 2
    assert np.flatnonzero(counts).tolist() == [1 * 64 + 2 * 8 + 7, 7 * 64]


def test_who_keeps_the_clothes_is_found_and_who_changes_them_is_not(tmp_path: Path) -> None:
    # The builders dress a subject anew for each kind of walk.
    store = build_store(tmp_path, walks(8, ("nm-01", "nm-02", "bg-01"), frames=4), rules=protocol(["001-002"]))
    result = recognise_by_colour(store, Events(quiet=True))
    found = {condition.name: condition.accuracy[1] for condition in result.conditions}
    assert found["NM"] == 100
    assert found["BG"] is not None
    assert found["BG"] < 60
    assert result.subjects == 6


def test_a_store_without_test_subjects_is_refused(tmp_path: Path) -> None:
    store = build_store(tmp_path, walks(2, frames=3), rules=protocol(["001-002"]))
    with pytest.raises(StoreError, match="no test subject"):
        recognise_by_colour(store, Events(quiet=True))
