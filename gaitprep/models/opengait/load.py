"""Released checkpoints as networks, and as checkpoints of gaitprep."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gaitprep.errors import CheckpointError, UsageError
from gaitprep.models.checkpoint import ModelInfo, save_model
from gaitprep.models.opengait.names import BACKBONE, released_names
from gaitprep.models.opengait.read import Released, read_released
from gaitprep.models.opengait.sizes import sizes_for, stated_sizes
from gaitprep.models.registry import RELEASED, Config, Network, build, configure, sizes_of
from gaitprep.models.sizes import check_choice
from gaitprep.models.unet import UNetConfig
from gaitprep.run.digest import digest_file


def load_checkpoint(path: Path | str, architecture: str, **sizes: Any) -> Network:
    """The network of a released checkpoint, on the CPU and in evaluation mode.

    Channels, parts and the number of classes are those of the tensors. End-to-end networks align in the mode
    `opengait`; GaitEdge takes its interiors from the reference mask, as released, unless it is called without one.

    Args:
        path: a file of `torch.save`: `{"model": state_dict, …}` or a bare state dict.
        architecture: one of `registry.RELEASED`.
        sizes: what `registry.build` takes, where it shall differ from the released settings, e.g. `align="exact"`;
            sizes that the tensors state must be theirs.

    Raises:
        CheckpointError: the file cannot be read, or does not fit; every name and shape that is wrong is named.
        UsageError: an unknown architecture, or a setting that it does not have.
    """
    return _load(Path(path), architecture, sizes)[0]


def import_checkpoint(
    path: Path,
    architecture: str,
    out: Path,
    *,
    trained_on: tuple[str, ...] = (),
    sizes: Mapping[str, Any] | None = None,
) -> Network:
    """Publish a released checkpoint as one of gaitprep's own, for `load_model`, `evaluate` and `train`.

    Args:
        path: as for `load_checkpoint`.
        architecture: as for `load_checkpoint`.
        out: the safetensors file to write.
        trained_on: names of the domains that it was trained on.
        sizes: as for `load_checkpoint`.

    Raises:
        CheckpointError: as for `load_checkpoint`; nothing is written then.
        UsageError: as for `load_checkpoint`.
    """
    network, released = _load(Path(path), architecture, sizes or {})
    details: dict[str, Any] = {"imported_from": Path(path).name, "imported_digest": digest_file(Path(path))}
    if released.iteration is not None:
        details["steps"] = released.iteration
    save_model(out, network, ModelInfo(preset="imported", trained_on=trained_on, details=details))
    return network


def _load(path: Path, architecture: str, wanted: Mapping[str, Any]) -> tuple[Network, Released]:
    check_choice("released network", architecture, RELEASED)
    released = read_released(path, inside=BACKBONE if architecture == UNetConfig.architecture else "")
    sizes = sizes_for(architecture, released.tensors, wanted)
    try:
        config = configure(architecture, **sizes)
    except UsageError as error:
        if wanted:
            raise
        raise CheckpointError(f"{path} is no {architecture} that can be built", cause=str(error)) from error
    _refuse_contradictions(path, config, released.tensors)
    shapes = _shapes(architecture, sizes)
    parts = {own: released_names(own, config) for own in shapes}
    _check(path, architecture, shapes, parts, released.tensors)
    network = build(architecture, **sizes)
    _fill(path, network, parts, released.tensors)
    return network.eval(), released


def _refuse_contradictions(path: Path, config: Config, tensors: Mapping[str, Tensor]) -> None:
    stated, taken = stated_sizes(config, tensors), sizes_of(config)
    wrong = [f"{name} {value}, not {taken[name]}" for name, value in stated.items() if taken[name] != value]
    if wrong:
        raise CheckpointError(
            f"checkpoint {path} is of another size than asked for",
            cause=f"its tensors say: {'; '.join(wrong)}",
            next_step="leave these sizes out, they are read from the tensors",
        )


def _shapes(architecture: str, sizes: Mapping[str, Any]) -> dict[str, list[int]]:
    """The shapes of our tensors, without the work of making them."""
    with torch.device("meta"):
        return {own: list(tensor.shape) for own, tensor in build(architecture, **sizes).state_dict().items()}


def _check(
    path: Path,
    architecture: str,
    shapes: Mapping[str, list[int]],
    parts: Mapping[str, list[str]],
    tensors: Mapping[str, Tensor],
) -> None:
    missing, unexpected = _differences(parts, tensors)
    misshapen = []
    for own, shape in shapes.items():
        names = parts[own]
        if len(names) > 1:
            shape = [shape[0] // len(names), *shape[1:]]
        misshapen += [
            f"{name} is {list(tensors[name].shape)} and should be {shape}"
            for name in names
            if name in tensors and list(tensors[name].shape) != shape
        ]
    causes = [
        f"{kind} {', '.join(names)}"
        for kind, names in (("missing:", missing), ("unexpected:", unexpected), ("of another shape:", misshapen))
        if names
    ]
    if causes:
        others = [name for name in RELEASED if name != architecture and _names_fit(name, tensors)]
        raise CheckpointError(
            f"checkpoint {path} is not that of a {architecture}",
            cause="; ".join(causes),
            next_step=f"its names are those of {' or '.join(others)}" if others else "",
        )


def _differences(parts: Mapping[str, list[str]], tensors: Mapping[str, Tensor]) -> tuple[list[str], list[str]]:
    """Missing and unexpected names."""
    expected = {name for names in parts.values() for name in names}
    return sorted(expected - tensors.keys()), sorted(tensors.keys() - expected)


def _names_fit(architecture: str, tensors: Mapping[str, Tensor]) -> bool:
    try:
        sizes = sizes_for(architecture, tensors, {})
        config = configure(architecture, **sizes)
    except UsageError:
        return False
    parts = {own: released_names(own, config) for own in _shapes(architecture, sizes)}
    return _differences(parts, tensors) == ([], [])


def _fill(path: Path, network: Network, parts: Mapping[str, list[str]], tensors: Mapping[str, Tensor]) -> None:
    for names in parts.values():
        for name in names:
            if not bool(tensors[name].isfinite().all()):
                raise CheckpointError(
                    f"checkpoint {path} was saved after its training had failed",
                    cause=f"{name} holds numbers that are not finite",
                    next_step="take an earlier checkpoint",
                )
    with torch.no_grad():
        for own, tensor in network.state_dict().items():
            tensor.copy_(torch.cat([tensors[name] for name in parts[own]]) if tensor.ndim else tensors[parts[own][0]])
