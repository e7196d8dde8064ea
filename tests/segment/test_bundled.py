"""The networks in the package: whole, small, and good at people that they were not trained on."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gaitprep.errors import WeightsError
from gaitprep.models.checkpoint import load_model
from gaitprep.segment.bundled import BUNDLED, bundled_weights, write_sums
from gaitprep.segment.network import CropNetwork
from gaitprep.synth.crops.crop import render

HELD_OUT_SEED = 77_000_001
LEAST = {"small": 0.76, "fine": 0.86}


@pytest.mark.parametrize("name", BUNDLED)
def test_it_finds_people_it_has_not_seen(name: str) -> None:
    crops = [render(HELD_OUT_SEED, number, held_out=True) for number in range(24)]
    found = CropNetwork(bundled_weights(name), "cpu", bf16=False).logits(np.stack([crop.rgb for crop in crops])) > 0
    truth = np.stack([crop.mask for crop in crops]) > 127
    iou = (found & truth).sum(axis=(1, 2)) / (found | truth).sum(axis=(1, 2))
    assert np.median(iou) > LEAST[name]


@pytest.mark.parametrize("name", BUNDLED)
def test_it_is_small_and_loads_as_float32(name: str) -> None:
    path = bundled_weights(name)
    assert path.stat().st_size < 5e6
    model, info = load_model(path)
    assert info.trained_on == ("rendered crops",)
    assert all(tensor.dtype != torch.float16 for tensor in model.state_dict().values())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in bundled_weights("small").parent.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    return tmp_path


def test_a_damaged_network_is_refused(copied: Path) -> None:
    assert bundled_weights("small", copied).is_file()
    data = bytearray((copied / "small.safetensors").read_bytes())
    data[-1] ^= 1
    (copied / "small.safetensors").write_bytes(data)
    with pytest.raises(WeightsError, match="is damaged"):
        bundled_weights("small", copied)
    write_sums(copied)
    assert bundled_weights("small", copied).is_file()


def test_a_missing_network_is_named(copied: Path) -> None:
    (copied / "fine.safetensors").unlink()
    with pytest.raises(WeightsError, match="'fine' is missing"):
        bundled_weights("fine", copied)
