from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from gaitprep.errors import CheckpointError
from gaitprep.models.registry import build
from gaitprep.train.state import load_state, save_state, states


def made(kind: str) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    """A channels-last network after two steps of its optimiser."""
    torch.manual_seed(3)
    model = build("unet", channels=[4, 4, 8, 8])
    kinds: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "sgd": partial(torch.optim.SGD, momentum=0.9),
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }
    optimiser = kinds[kind](model.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        model(torch.rand(2, 3, 16, 16)).square().mean().backward()
        optimiser.step()
    return model, optimiser


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_everything_comes_back(kind: str, tmp_path: Path) -> None:
    model, optimiser = made(kind)
    optimiser.param_groups[0]["lr"] = 0.1 * 0.3
    path = save_state(tmp_path, 2, model, optimiser, sampler={"seed": 4, "step": 2}, key="k")
    expected = torch.rand(5)

    torch.manual_seed(99)
    other = build("unet", channels=[4, 4, 8, 8])
    fresh = type(optimiser)(other.parameters(), lr=0.5)
    assert load_state(path, other, fresh, key="k") == {"seed": 4, "step": 2}
    assert torch.equal(torch.rand(5), expected)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name
    assert fresh.param_groups[0]["lr"] == optimiser.param_groups[0]["lr"]
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        for name, value in optimiser.state[one].items():
            assert torch.equal(value, fresh.state[two][name])
            if value.shape == two.shape:
                assert fresh.state[two][name].stride() == two.stride()


def test_the_newest_states_are_kept(tmp_path: Path) -> None:
    model, optimiser = made("sgd")
    for step in (5, 100, 12):
        save_state(tmp_path, step, model, optimiser, sampler={"seed": 0, "step": step}, key="k")
    assert [int(path.stem) for path in states(tmp_path)] == [12, 100]


def test_the_state_of_another_run_is_refused(tmp_path: Path) -> None:
    model, optimiser = made("adam")
    path = save_state(tmp_path, 1, model, optimiser, sampler={"seed": 0, "step": 1}, key="mine")
    with pytest.raises(CheckpointError, match="belongs to another run"):
        load_state(path, model, optimiser, key="yours")


@pytest.mark.parametrize("content", [b"", b"not a state", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_file_that_is_no_state_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "00000001.safetensors"
    path.write_bytes(content)
    model, optimiser = made("sgd")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_state(path, model, optimiser, key="k")


def test_a_full_disk_leaves_the_states_that_were_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, optimiser = made("sgd")
    save_state(tmp_path, 1, model, optimiser, sampler={"seed": 0, "step": 1}, key="k")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        save_state(tmp_path, 2, model, optimiser, sampler={"seed": 0, "step": 2}, key="k")
    assert [path.name for path in tmp_path.iterdir()] == ["00000001.safetensors"]
