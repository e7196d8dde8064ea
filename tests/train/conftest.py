from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.builders import Walk, build_store, protocol, walks


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six subjects, of which 1–4 train; two conditions, two views, 10 frames; some frames are not valid."""
    sequences = walks(6, frames=10)
    sequences[1] = Walk("001", "nm-01", "090", 10, invalid=4)
    return build_store(tmp_path_factory.mktemp("train"), sequences, name="toy", rules=protocol(["001-004"]))


@pytest.fixture(autouse=True)
def _leave_no_seed_behind() -> None:
    torch.manual_seed(0)
