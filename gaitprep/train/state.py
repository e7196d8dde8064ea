"""The state of a run at a step, in one file: what is in it goes on as if nothing had happened.

Safetensors holds the tensors and, as metadata, the JSON of everything else. One file is published at once, so a state
is whole or not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from gaitprep.errors import CheckpointError
from gaitprep.run.atomic import publish_bytes

_SUFFIX = ".safetensors"
_FORMAT = 1


def save_state(
    folder: Path,
    step: int,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    *,
    sampler: Mapping[str, int],
    key: str,
    keep: int = 2,
) -> Path:
    """Publishes the state after `step` steps, and removes all but the newest `keep`."""
    tensors = {f"model/{name}": tensor for name, tensor in model.state_dict().items()}
    saved = optimiser.state_dict()
    scalars: dict[str, Any] = {}
    for index, values in saved["state"].items():
        for name, value in values.items():
            if isinstance(value, Tensor):
                tensors[f"optimiser/{index}/{name}"] = value
            else:
                scalars[f"{index}/{name}"] = value
    tensors["rng/cpu"] = torch.get_rng_state()
    for device in range(torch.cuda.device_count()):
        tensors[f"rng/cuda/{device}"] = torch.cuda.get_rng_state(device)
    description = {
        "format": _FORMAT,
        "key": key,
        "step": step,
        "sampler": dict(sampler),
        "groups": saved["param_groups"],
        "scalars": scalars,
    }
    path = folder / f"{step:08d}{_SUFFIX}"
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # Not `save_file`: it writes by way of a temporary of its own, which a kill would leave behind for good.
    publish_bytes(path, save(plain, metadata={"gaitprep": json.dumps(description)}))
    for old in states(folder)[:-keep]:
        old.unlink()
    return path


def states(folder: Path) -> list[Path]:
    """The states in a folder, oldest first."""
    return sorted(path for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdigit())


def load_state(path: Path, model: nn.Module, optimiser: torch.optim.Optimizer, *, key: str) -> dict[str, int]:
    """Puts a state into a model and its optimiser, and sets the random generators.

    Returns:
        The state of the sampler.

    Raises:
        CheckpointError: the file cannot be read, or is the state of another run.
    """
    try:
        with safe_open(path, framework="pt") as file:
            description = json.loads((file.metadata() or {})["gaitprep"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"the state {path} cannot be read", cause=str(error), next_step="remove it: the one before will do"
        ) from error
    if description["key"] != key or description["format"] != _FORMAT:
        raise CheckpointError(
            f"the state {path} belongs to another run", next_step="train into another folder, or give --fresh"
        )
    model.load_state_dict(_below(tensors, "model/"))
    optimiser.load_state_dict(_optimiser_state(tensors, description, optimiser))
    torch.set_rng_state(tensors["rng/cpu"])
    for name, tensor in _below(tensors, "rng/cuda/").items():
        if int(name) < torch.cuda.device_count():
            torch.cuda.set_rng_state(tensor, int(name))
    return {name: int(value) for name, value in description["sampler"].items()}


def _optimiser_state(
    tensors: Mapping[str, Tensor], description: Mapping[str, Any], optimiser: torch.optim.Optimizer
) -> dict[str, Any]:
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in _below(tensors, "optimiser/").items():
        index, _, entry = name.partition("/")
        parameter = parameters[int(index)]
        if tensor.shape == parameter.shape:
            # Moments must lie in memory as their parameter does, or fused kernels would pair the wrong numbers.
            tensor = torch.empty_like(parameter).copy_(tensor)
        state.setdefault(int(index), {})[entry] = tensor
    for name, value in description["scalars"].items():
        index, _, entry = name.partition("/")
        state.setdefault(int(index), {})[entry] = value
    return {"state": state, "param_groups": description["groups"]}


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
