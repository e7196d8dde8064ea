"""The network on the detector's features: shapes, what is trained, what is stored, and other detectors."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gaitprep.errors import UsageError, WeightsError
from gaitprep.models.checkpoint import ModelInfo, load_model, save_model
from gaitprep.models.detector_features import CHANNELS, detector_features
from gaitprep.models.registry import build, sizes_of
from gaitprep.models.silhouette import SilhouetteConfig, SilhouetteNet
from gaitprep.models.weights import DETECTOR, DIGESTS

SMALL = {"channels": [4, 4, 4, 4, 4], "detail": 4, "picture": [128, 64]}


def small() -> SilhouetteNet:
    torch.manual_seed(0)
    network = build("silhouette", **SMALL)
    assert isinstance(network, SilhouetteNet)
    return network


def crops(count: int = 3, side: int = 128) -> torch.Tensor:
    values = np.random.default_rng(0).integers(0, 256, (count, 3, side, side), np.uint8)
    return torch.from_numpy(values)


def test_crops_become_logits_of_their_size() -> None:
    for side in (128, 64):
        logits = small()(crops(side=side))
        assert logits.shape == (3, 1, side, side)
        assert logits.dtype == torch.float32


def test_features_halve_from_map_to_map() -> None:
    maps = detector_features(DETECTOR, DIGESTS[DETECTOR])(torch.zeros(2, 3, 64, 96))
    assert [tuple(found.shape) for found in maps] == [
        (2, count, 64 >> level, 96 >> level) for level, count in enumerate(CHANNELS, start=1)
    ]


def test_the_detector_is_neither_trained_nor_stored(tmp_path: Path) -> None:
    network = small()
    before = detector_features(DETECTOR, DIGESTS[DETECTOR]).state_dict()
    before = {name: tensor.clone() for name, tensor in before.items()}
    network.train()(crops()).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    after = detector_features(DETECTOR, DIGESTS[DETECTOR]).state_dict()
    assert all((before[name] == after[name]).all() for name in before)
    save_model(tmp_path / "m.safetensors", network, ModelInfo())
    assert (tmp_path / "m.safetensors").stat().st_size < 200_000


def test_it_comes_back_from_a_file_and_says_the_same(tmp_path: Path) -> None:
    network = small().eval()
    save_model(tmp_path / "m.safetensors", network, ModelInfo(preset="p"))
    again, info = load_model(tmp_path / "m.safetensors", architecture="silhouette")
    assert info.sizes == sizes_of(network.config) | {"channels": SMALL["channels"], "picture": SMALL["picture"]}
    with torch.inference_mode():
        torch.testing.assert_close(again(crops()), network(crops()))


def test_bfloat16_says_nearly_the_same() -> None:
    network = small().eval()
    with torch.inference_mode():
        exact = network(crops())
        with torch.autocast("cpu", torch.bfloat16):
            rounded = network(crops())
    assert (exact - rounded).abs().max() < 0.1 * exact.std() + 0.05


def test_another_detector_is_refused() -> None:
    with pytest.raises(WeightsError, match="not the detector"):
        build("silhouette", **SMALL, digest="0" * 64)


@pytest.mark.parametrize("sizes", [{"channels": [4, 4]}, {"picture": [100, 64]}, {"picture": [64, 32]}, {"detail": 0}])
def test_impossible_sizes_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        SilhouetteConfig(**sizes)  # type: ignore[arg-type]


def test_other_images_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        small()(crops().float())
