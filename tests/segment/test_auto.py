"""The default method: which evidence it takes, and that the background helps a network that is unsure."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.models.checkpoint import ModelInfo, save_model
from gaitprep.models.registry import build
from gaitprep.segment.auto import AutoSegmenter
from gaitprep.segment.clean import clean
from gaitprep.segment.network import CropNetwork
from tests.segment.toy import Scene, Tracked, ious, tracked


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, build("unet", channels=(4, 4, 8, 8)).eval(), ModelInfo())
    return path


def masks_of(film: Tracked, network: Path) -> tuple[NDArray[np.uint8], dict[str, object], list[str]]:
    with AutoSegmenter(network, "cpu", bf16=False).prepare(film.video) as segmenter:
        masks = clean(segmenter.masks(film.crops), film.crops.person)
        return masks, dict(segmenter.details), segmenter.warnings


def test_the_background_counts_where_the_camera_stands_still(tmp_path: Path, network: Path) -> None:
    film = tracked(Scene(frames=30), tmp_path)
    _, details, warnings = masks_of(film, network)
    assert details["chosen"] == "network and background"
    assert details["crops_with_background"] == len(film.crops)
    assert not warnings


def test_a_moving_camera_is_left_to_the_network(tmp_path: Path, network: Path) -> None:
    film = tracked(Scene(frames=30, pan=2), tmp_path)
    masks, details, warnings = masks_of(film, network)
    assert details["chosen"] == "network"
    assert details["crops_with_background"] == 0
    assert not warnings
    alone = CropNetwork(network, "cpu", bf16=False).logits(film.crops.rgb) > 0
    assert (masks == clean(np.where(alone, 255, 0).astype(np.uint8), film.crops.person)).all()


def test_the_background_helps_an_unsure_network(tmp_path: Path, network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = tracked(Scene(frames=40), tmp_path)
    noise = np.random.default_rng(0).normal(0, 0.7, film.truths.shape)
    unsure = np.where(film.truths > 127, 0.6, -0.6) + noise
    monkeypatch.setattr(CropNetwork, "logits", lambda self, rgb: unsure.astype(np.float32))
    fused, _, _ = masks_of(film, network)
    alone = clean(np.where(unsure > 0, 255, 0).astype(np.uint8), film.crops.person)
    assert np.median(ious(fused, film.truths)) > np.median(ious(alone, film.truths)) + 0.05
