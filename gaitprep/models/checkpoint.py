"""Trained networks on disk: safetensors with a description that is enough to rebuild the network.

The description is JSON in the file's metadata: architecture, sizes, preset, training data and the version that
wrote it. Nothing is unpickled. Tensors are stored in plain row order, whatever their layout in memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

import gaitprep
from gaitprep.errors import CheckpointError, UsageError
from gaitprep.models.registry import Network, build, classes_of, configure, sizes_of
from gaitprep.run.atomic import publish_bytes

_METADATA = "gaitprep"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Where a network comes from.

    Attributes:
        preset: name of the training preset.
        trained_on: names of the domains it was trained on.
        details: anything else worth keeping, as JSON values.
        architecture: see `registry.ARCHITECTURES`; filled in by `save_model`.
        sizes: what `registry.build` takes; filled in by `save_model`.
        classes: subjects that the classifier tells apart, None without one; filled in by `save_model`.
        gaitprep_version: the version that wrote the file; filled in by `save_model`.
    """

    preset: str = ""
    trained_on: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    architecture: str = ""
    sizes: dict[str, Any] = field(default_factory=dict)
    classes: int | None = None
    gaitprep_version: str = ""


def save_model(path: Path, model: Network, info: ModelInfo, *, half: bool = False) -> None:
    """Publish a network and its description as one file, atomically.

    Args:
        path: where to; existing files are replaced.
        model: a network made by `registry.build`.
        info: `preset`, `trained_on` and `details` are taken from it, the rest from the network.
        half: store convolution and product weights as float16; what is loaded again computes in float32.
    """
    config = model.config
    description = {
        "architecture": config.architecture,
        "sizes": sizes_of(config),
        "classes": classes_of(config),
        "preset": info.preset,
        "trained_on": list(info.trained_on),
        "details": info.details,
        "gaitprep_version": gaitprep.__version__,
    }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    if half:
        tensors = {name: tensor.half() if tensor.ndim > 1 else tensor for name, tensor in tensors.items()}
    publish_bytes(path, save(tensors, {_METADATA: json.dumps(description)}))


def load_model(path: Path, *, architecture: str | None = None, classes: int | None = None) -> tuple[Network, ModelInfo]:
    """Rebuild the network of a checkpoint, on the CPU and in evaluation mode.

    Args:
        path: a file written by `save_model`.
        architecture: refuse any other.
        classes: refuse a classifier for any other number of subjects.

    Raises:
        CheckpointError: there is no such file, it is damaged, not a gaitprep checkpoint, or not what was asked for.
    """
    tensors, info = _read(path)
    try:
        config = configure(info.architecture, **info.sizes)
    except UsageError as error:
        raise CheckpointError(f"checkpoint {path} describes no known network", cause=str(error)) from error
    _check_description(path, info, architecture, classes)
    model = build(info.architecture, **sizes_of(config))
    _fill(model, tensors, path)
    return model.eval(), info


def read_info(path: Path) -> ModelInfo:
    """The description of a checkpoint alone.

    Raises:
        CheckpointError: there is no such file, it is damaged, or not a gaitprep checkpoint.
    """
    return _read(path)[1]


def _check_description(path: Path, info: ModelInfo, architecture: str | None, classes: int | None) -> None:
    if architecture is not None and info.architecture != architecture:
        raise CheckpointError(
            f"checkpoint {path} holds the network {info.architecture}, not {architecture}",
            next_step=f"give a checkpoint of {architecture}",
        )
    if classes is not None and info.classes != classes:
        raise CheckpointError(
            f"checkpoint {path} tells {info.classes} subjects apart, not {classes}",
            next_step="train both networks on the same subjects",
        )


def _read(path: Path) -> tuple[dict[str, Tensor], ModelInfo]:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"checkpoint {path} cannot be read",
            cause=error.strerror or str(error),
            next_step="give the model.safetensors in the folder of a finished run",
        ) from error
    try:
        tensors = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError) as error:
        raise CheckpointError(
            f"{path} is not a whole safetensors file", cause=str(error), next_step="take an older checkpoint"
        ) from error
    text = header.get("__metadata__", {}).get(_METADATA)
    if text is None:
        raise CheckpointError(f"{path} was not written by gaitprep", cause="its metadata has no entry 'gaitprep'")
    try:
        values = json.loads(text)
        info = ModelInfo(**(values | {"trained_on": tuple(values["trained_on"])}))
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"the description in checkpoint {path} is damaged", cause=str(error)) from error
    return tensors, info


def _fill(model: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    expected = model.state_dict()
    shapes = [
        f"{name} is {list(tensors[name].shape)} and should be {list(tensor.shape)}"
        for name, tensor in expected.items()
        if name in tensors and tensors[name].shape != tensor.shape
    ]
    causes = [
        f"{kind} {', '.join(names)}"
        for kind, names in (
            ("missing:", sorted(expected.keys() - tensors.keys())),
            ("unexpected:", sorted(tensors.keys() - expected.keys())),
            ("of another shape:", shapes),
        )
        if names
    ]
    if causes:
        raise CheckpointError(f"the tensors of checkpoint {path} do not fit its network", cause="; ".join(causes))
    with torch.no_grad():
        for name, tensor in expected.items():
            tensor.copy_(tensors[name])
