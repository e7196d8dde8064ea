"""Masks by a trained U-Net are those of the network itself."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gaitprep.errors import CheckpointError
from gaitprep.models.checkpoint import ModelInfo, save_model
from gaitprep.models.registry import Network, build
from gaitprep.segment import network as module
from gaitprep.segment.interface import Crops, Video
from gaitprep.segment.network import NetworkSegmenter

NO_VIDEO = Video(Path("none"), 320, 240, 0, np.empty(0, np.int64), np.empty((0, 4), np.float32))


def crops(n: int) -> Crops:
    """Random crops."""
    rgb = np.random.default_rng(0).integers(0, 255, (n, 128, 128, 3), np.uint8)
    box = np.tile(np.float32([10, 20, 70, 170]), (n, 1))
    return Crops("0001", rgb, box, box, np.arange(n))


@pytest.fixture
def network(tmp_path: Path) -> tuple[Path, Network]:
    """A small network with random weights, on disk and in memory."""
    torch.manual_seed(0)
    model = build("unet", channels=(4, 8, 8, 8)).eval()
    save_model(tmp_path / "model.safetensors", model, ModelInfo(preset="test"))
    return tmp_path / "model.safetensors", model


def test_masks_are_where_the_probability_passes_the_threshold(
    network: tuple[Path, Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, model = network
    monkeypatch.setattr(module, "_BATCH", 2)
    some = crops(5)
    with torch.inference_mode():
        probability = model(torch.from_numpy(some.rgb).permute(0, 3, 1, 2))[:, 0].sigmoid().numpy()
    threshold = float(np.median(probability))
    with NetworkSegmenter(path, "cpu", bf16=False, threshold=threshold).prepare(NO_VIDEO) as segmenter:
        masks = segmenter.masks(some)
    assert masks.dtype == np.uint8
    assert set(np.unique(masks)) == {0, 255}
    clear = np.abs(probability - threshold) > 1e-4
    np.testing.assert_array_equal(masks[clear] > 0, (probability > threshold)[clear])


def test_bfloat16_agrees_in_nearly_all_pixels(network: tuple[Path, Network]) -> None:
    path, model = network
    some = crops(2)
    with torch.inference_mode():
        middle = float(model(torch.from_numpy(some.rgb).permute(0, 3, 1, 2)).sigmoid().median())
    found = []
    for bf16 in (False, True):
        with NetworkSegmenter(path, "cpu", bf16=bf16, threshold=middle).prepare(NO_VIDEO) as segmenter:
            found.append(segmenter.masks(some))
    assert 0.3 < (found[0] > 0).mean() < 0.7
    assert (found[0] == found[1]).mean() > 0.9


def test_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_model(path, build("gaitset"), ModelInfo())
    with pytest.raises(CheckpointError, match="gaitset"):
        NetworkSegmenter(path, "cpu", bf16=False).prepare(NO_VIDEO)
