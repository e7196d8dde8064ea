import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from gaitprep.errors import CheckpointError
from gaitprep.models.opengait.read import read_released

STATE = {"a.weight": torch.ones(2, 3), "b.bias": torch.zeros(3)}


class Code:
    """Unpickling this makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("prefix", ["", "module.", "module.module."])
@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("archive", [True, False])
def test_every_form_of_the_file(prefix: str, bare: bool, archive: bool, tmp_path: Path) -> None:
    state = {prefix + name: tensor for name, tensor in STATE.items()}
    content = state if bare else {"model": state, "iteration": 7}
    torch.save(content, tmp_path / "x.pt", _use_new_zipfile_serialization=archive)
    released = read_released(tmp_path / "x.pt")
    assert released.tensors.keys() == STATE.keys()
    assert all(torch.equal(released.tensors[name], STATE[name]) for name in STATE)
    assert released.iteration == (None if bare else 7)


def test_optimiser_and_schedule_beside_the_network_do_no_harm(tmp_path: Path) -> None:
    layer = torch.nn.Linear(2, 2)
    optimiser = torch.optim.Adam(layer.parameters())
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, [3, 4])
    content = {"model": layer.state_dict(), "optimizer": optimiser.state_dict(), "scheduler": schedule.state_dict()}
    torch.save(content, tmp_path / "x.pt")
    assert read_released(tmp_path / "x.pt").tensors.keys() == {"weight", "bias"}


@pytest.mark.parametrize("plain_pickle", [True, False])
def test_code_in_the_file_is_refused_and_not_run(plain_pickle: bool, tmp_path: Path) -> None:
    content = {"model": STATE, "extra": Code(tmp_path / "made")}
    if plain_pickle:
        (tmp_path / "x.pt").write_bytes(pickle.dumps(content["extra"], protocol=2))
    else:
        torch.save(content, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="runs no code") as raised:
        read_released(tmp_path / "x.pt")
    assert "mkdir" in raised.value.cause
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("archive", [True, False])
@pytest.mark.parametrize("keep", [0, 3, 100, -10])
def test_a_truncated_file(archive: bool, keep: int, tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save(STATE, path, _use_new_zipfile_serialization=archive)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=r"not a whole file of torch\.save"):
        read_released(path)


def test_other_files(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello world")
    with pytest.raises(CheckpointError, match=r"not a whole file of torch\.save"):
        read_released(tmp_path / "text")
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(CheckpointError, match="cannot be read"):
            read_released(path)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ({"state": STATE, "epoch": 3}, "a table with the entries state, epoch"),
        ({}, "an empty table"),
        ([1, 2], "of the type list"),
        ({"model": {"a": 1.0}}, "a table with the entries a"),
        ({3: torch.zeros(1)}, "a table with the entries 3"),
    ],
)
def test_files_without_a_state_dict(content: Any, cause: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="holds no state dict") as raised:
        read_released(tmp_path / "x.pt")
    assert cause in raised.value.cause
