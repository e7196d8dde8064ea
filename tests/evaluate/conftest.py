from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gaitprep.models.checkpoint import ModelInfo, save_model
from gaitprep.models.registry import build
from tests.builders import Walk, build_store, protocol, walks


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five subjects, of which 3–5 are tested; one frame of 003 is not valid; no CL."""
    sequences = walks(5, ("nm-01", "nm-02", "bg-01"), ("000", "090"), 6)
    at = sequences.index(Walk("003", "nm-02", "090", 6))
    sequences[at] = Walk("003", "nm-02", "090", 6, invalid=2)
    return build_store(tmp_path_factory.mktemp("home"), sequences, name="home", rules=protocol(["001-002"]))


@pytest.fixture(scope="session")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Other people elsewhere; 006 was not enrolled at 090."""
    sequences = [
        walk
        for walk in walks(6, ("nm-01", "nm-02"), ("000", "090"), 5)
        if (walk.subject, walk.condition, walk.view) != ("006", "nm-01", "090")
    ]
    return build_store(tmp_path_factory.mktemp("abroad"), sequences, name="abroad", rules=protocol(["001-003"]))


def save(path: Path, architecture: str, domain: str = "home", **sizes: object) -> Path:
    """A network with fresh weights that claims to be trained on subjects 001 and 002."""
    torch.manual_seed(1)
    details = {"steps": 3, "subjects": ["001", "002"]}
    save_model(path, build(architecture, **sizes), ModelInfo(preset="cpu", trained_on=(domain,), details=details))
    return path


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small networks with fresh weights, by architecture."""
    folder = tmp_path_factory.mktemp("networks")
    small = {"channels": [4, 4, 8, 8], "classes": 2}
    both = {**small, "unet_channels": [4, 4, 8, 8]}
    return {
        "unet": save(folder / "unet.safetensors", "unet", channels=[4, 4, 8, 8]),
        "gaitgl": save(folder / "gaitgl.safetensors", "gaitgl", **small),
        "gaitgl-e2e": save(folder / "e2e.safetensors", "gaitgl-e2e", **both),
        "gaitedge": save(folder / "gaitedge.safetensors", "gaitedge", **both),
        "reference": save(folder / "reference.safetensors", "gaitedge", **both, mask_source="reference"),
    }
