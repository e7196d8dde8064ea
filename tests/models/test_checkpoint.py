import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import gaitprep
from gaitprep.errors import CheckpointError
from gaitprep.models.checkpoint import ModelInfo, load_model, save_model
from gaitprep.models.registry import Network, build

SMALL: dict[str, dict[str, Any]] = {
    "unet": {"channels": (4, 4, 8, 8)},
    "gaitgl": {"channels": (4, 4, 8, 8), "classes": 3},
    "gaitgl-large": {"channels": (4, 4, 8, 8), "classes": 3},
    "gaitset": {"channels": (4, 4, 8)},
    "gaitpart": {"channels": (4, 4, 8)},
    "gaitgl-e2e": {"channels": (4, 4, 8, 8), "classes": 3, "unet_channels": (4, 4, 8, 8)},
    "gaitedge": {"recogniser": "gaitset", "channels": (4, 4, 8), "unet_channels": (4, 4, 8, 8), "kernel_size": 7},
}


def saved(path: Path, architecture: str = "gaitgl", **sizes: Any) -> Network:
    torch.manual_seed(0)
    network = build(architecture, **(SMALL[architecture] | sizes))
    for buffer in network.buffers():
        if buffer.is_floating_point():
            buffer.uniform_(0.5, 2.0)
    save_model(path, network, ModelInfo(preset="cpu", trained_on=("indoor",), details={"steps": 7}))
    return network


@pytest.mark.parametrize("architecture", SMALL)
def test_round_trip(architecture: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    network = saved(path, architecture)
    loaded, info = load_model(path)
    assert loaded.config == network.config
    assert not loaded.training
    ours, theirs = loaded.state_dict(), network.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (info.architecture, info.preset, info.trained_on) == (architecture, "cpu", ("indoor",))
    assert info.details == {"steps": 7}
    assert info.gaitprep_version == gaitprep.__version__
    assert info.classes == SMALL[architecture].get("classes")


def test_equal_networks_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        saved(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_architecture_or_class_count_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved(path)
    with pytest.raises(CheckpointError, match=r"holds the network gaitgl, not unet"):
        load_model(path, architecture="unet")
    with pytest.raises(CheckpointError, match=r"tells 3 subjects apart, not 4"):
        load_model(path, classes=4)


def rewrite(path: Path, change: Any) -> None:
    """Apply `change(tensors, description)` to a checkpoint."""
    info = load_model(path)[1]
    tensors = load_file(path)
    description = {
        "architecture": info.architecture,
        "sizes": info.sizes,
        "classes": info.classes,
        "preset": info.preset,
        "trained_on": [],
    }
    change(tensors, description)
    save_file(tensors, path, {"gaitprep": json.dumps(description)})


def test_missing_and_unexpected_tensors_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved(path)
    rewrite(path, lambda tensors, _: tensors.update(extra=tensors.pop("lta.weight")))
    with pytest.raises(CheckpointError, match=r"missing: lta.weight; unexpected: extra"):
        load_model(path)


def test_tensors_of_other_sizes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved(path)
    rewrite(path, lambda _, description: description["sizes"].update(channels=[6, 4, 8, 8]))
    with pytest.raises(CheckpointError, match=r"lta.weight is \[4, 4, 3, 1, 1\] and should be \[6, 6, 3, 1, 1\]"):
        load_model(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"architecture": "gaitnet"}, "describes no known network"),
        ({"sizes": {"strips": 7}}, "describes no known network"),
        ({"trained_on": None}, "damaged"),
        ({"unknown": 1}, "damaged"),
    ],
)
def test_a_description_that_makes_no_sense(change: dict[str, object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved(path)
    rewrite(path, lambda _, description: description.update(change))
    with pytest.raises(CheckpointError, match=message):
        load_model(path)


@pytest.mark.parametrize("keep", [0, 5, 100, 5000, -1])
def test_a_truncated_file(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        load_model(path)


def test_files_that_are_not_checkpoints(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_model(tmp_path / "absent")
    (tmp_path / "text").write_text("not a checkpoint at all, but long enough to have a header")
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        load_model(tmp_path / "text")
    save_file({"x": torch.zeros(2)}, tmp_path / "foreign")
    with pytest.raises(CheckpointError, match="not written by gaitprep"):
        load_model(tmp_path / "foreign")
