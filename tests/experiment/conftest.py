from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.builders import build_store, protocol, walks


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two domains of four and five subjects, of whom two are tested; two views; no bags in the street."""
    root = tmp_path_factory.mktemp("worlds")
    lab = build_store(root, walks(4, ("nm-01", "nm-02", "bg-01"), frames=6), name="lab", rules=protocol(["001-002"]))
    street = build_store(root, walks(5, frames=5), name="street", rules=protocol(["001-003"]))
    return {"lab": lab, "street": street}


@pytest.fixture
def tiny(stores: dict[str, Path]) -> dict[str, Any]:
    """Settings with which a network trains in a blink."""
    return {
        "stores": stores,
        "segmentation": {"network": {"channels": [4, 4, 8, 8]}, "images": 4, "steps": 2, "milestones": []},
        "recognition": {
            **{"subjects": 2, "sequences": 2, "frames": 3, "steps": 2, "milestones": [], "precision": "fp32"},
            "methods": {
                "gaitgl": {"network": {"channels": [4, 4, 8, 8]}},
                "gaitset": {"network": {"channels": [4, 4, 8], "embedding": 8}},
            },
        },
        "joint": {"subjects": 2, "sequences": 2, "frames": 3, "steps": 2, "milestones": [], "precision": "fp32"},
        "precision": "fp32",
    }


@pytest.fixture(autouse=True)
def _leave_no_trace_in_torch() -> Any:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    torch.manual_seed(0)
