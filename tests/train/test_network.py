"""What a phase starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from gaitprep.errors import CheckpointError
from gaitprep.models.checkpoint import ModelInfo, load_model, save_model
from gaitprep.models.registry import build
from gaitprep.train.config import PhaseName
from gaitprep.train.network import Parts, build_network
from tests.builders import build_store, protocol, walks
from tests.train.tiny import losses, request, train_quietly

STORE = Path("nowhere")


def start(phase: PhaseName, parts: Parts, subjects: tuple[str, ...] = ("001", "002"), **changes: Any) -> Any:
    return build_network(request(phase, STORE, **changes).config, subjects=list(subjects), seed=0, parts=parts)


def saved(path: Path, architecture: str, *, subjects: tuple[str, ...] = (), **sizes: Any) -> Path:
    torch.manual_seed(7)
    details = {"subjects": list(subjects)} if subjects else {}
    save_model(path, build(architecture, **sizes), ModelInfo(trained_on=("there",), details=details))
    return path


def tensors(network: torch.nn.Module, without: str = "-") -> dict[str, torch.Tensor]:
    return {name: tensor for name, tensor in network.state_dict().items() if not name.startswith(without)}


def assert_equal(ones: dict[str, torch.Tensor], others: dict[str, torch.Tensor]) -> None:
    assert ones.keys() == others.keys()
    assert all(torch.equal(ones[name], others[name]) for name in ones)


def test_a_unet_is_trained_further_in_its_own_size(tmp_path: Path) -> None:
    path = saved(tmp_path / "unet", "unet", channels=[4, 8, 8])
    network = start("segmentation", Parts(segmentation=path))
    assert network.config.channels == (4, 8, 8)
    assert_equal(tensors(network), tensors(load_model(path)[0]))


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [(("001", "002"), True), (("003", "004"), False), (("001", "002", "003"), False), ((), True)],
    ids=["same subjects", "others", "more", "imported, without names"],
)
def test_a_recogniser_keeps_its_classifier_for_its_own_subjects_only(
    tmp_path: Path, theirs: tuple[str, ...], kept: bool
) -> None:
    sizes = {"channels": [4, 4, 8, 8], "classes": len(theirs) or 2}
    path = saved(tmp_path / "gaitgl", "gaitgl", subjects=theirs, **sizes)
    before = load_model(path)[0]
    network = start("recognition", Parts(recognition=path))
    assert network.config.classes == 2
    assert_equal(tensors(network, "classifier."), tensors(before, "classifier."))
    same = network.classifier.weight.shape == before.classifier.weight.shape and torch.equal(
        network.classifier.weight, before.classifier.weight
    )
    assert same is kept


def test_a_recogniser_without_classifier_is_trained_further_on_anybody(tmp_path: Path) -> None:
    path = saved(tmp_path / "gaitset", "gaitset", subjects=("005",), channels=[4, 4, 8], embedding=8)
    network = start("recognition", Parts(recognition=path), method="gaitset", network={})
    assert_equal(tensors(network), tensors(load_model(path)[0]))


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "gaitset", "gaitset", channels=[4, 4, 8], embedding=8)
    with pytest.raises(CheckpointError, match="holds the network gaitset, not gaitgl"):
        start("recognition", Parts(recognition=path))
    with pytest.raises(CheckpointError, match="holds the network gaitset, not unet"):
        start("segmentation", Parts(segmentation=path))


def test_what_it_started_from_is_part_of_a_run_and_of_its_checkpoint(tmp_path: Path) -> None:
    store = build_store(tmp_path, walks(3, frames=6), name="here", rules=protocol(["001-003"]))
    unet = saved(tmp_path / "unet", "unet", channels=[4, 4, 8, 8])
    for name, parts in (("fresh", None), ("further", Parts(segmentation=unet))):
        train_quietly(request("segmentation", store, parts=parts), tmp_path / name)
    _, info = load_model(tmp_path / "further/model.safetensors")
    assert info.trained_on == ("there", "here")
    assert losses(tmp_path / "fresh") != losses(tmp_path / "further")
    assert '"segmentation"' in (tmp_path / "further/config.json").read_text().split('"parts"')[1]
