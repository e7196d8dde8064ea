"""Pools of crops: made in pieces, by any number of processes, and never mixed up."""

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import InputError
from gaitprep.synth.crops import pool as module
from gaitprep.synth.crops.crop import render
from gaitprep.synth.crops.pool import CropPool


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CropPool:
    monkeypatch.setattr(module, "BLOCK", 3)
    return CropPool(tmp_path / "crops", 3, 7)


def test_a_pool_holds_the_crops_of_its_numbers(small: CropPool) -> None:
    told: list[int] = []
    small.make(1, told.append)
    assert sum(told) == 7
    rgb, mask = small.take(np.array([6, 0, 4]))
    for row, number in enumerate((6, 0, 4)):
        crop = render(3, number)
        assert (rgb[row] == crop.rgb).all()
        assert (mask[row] == crop.mask).all()


def test_what_is_there_is_not_rendered_again(small: CropPool) -> None:
    small.make(1)
    (small.root / "00001.npy").unlink()
    assert small.missing() == [1]
    told: list[int] = []
    small.make(1, told.append)
    assert told == [3]


def test_a_larger_pool_goes_on_with_a_smaller_one(small: CropPool) -> None:
    small.make(1)
    larger = CropPool(small.root, 3, 8)
    assert larger.missing() == [2]
    larger.make(1)
    assert (larger.take(np.arange(7))[0] == small.take(np.arange(7))[0]).all()


def test_other_crops_in_the_folder_are_refused(small: CropPool) -> None:
    small.make(1)
    with pytest.raises(InputError, match="holds other crops"):
        CropPool(small.root, 2, 7).make(1)


def test_the_digest_tells_pools_apart(small: CropPool) -> None:
    others = [CropPool(small.root, 2, 7), CropPool(small.root, 3, 8), CropPool(small.root, 3, 7, held_out=True)]
    assert len({small.digest, *(other.digest for other in others)}) == 4
    assert CropPool(small.root / "elsewhere", 3, 7).digest == small.digest
