"""Reads the file of a released checkpoint: tensors by name, and no code."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gaitprep.errors import CheckpointError

_PREFIX = "module."


@dataclass(frozen=True)
class Released:
    """What a released checkpoint holds.

    Attributes:
        tensors: by name, without the prefix `module.` of data-parallel training and the one that was asked away.
        iteration: how many steps it was trained, None where the file does not say.
    """

    tensors: dict[str, Tensor]
    iteration: int | None = None


def read_released(path: Path, *, inside: str = "") -> Released:
    """Reads `{"model": state_dict, …}` or a bare state dict, as `torch.save` wrote it.

    Args:
        path: of the file.
        inside: a prefix of all names that counts for nothing either, where the file has it.

    Raises:
        CheckpointError: there is no such file, it is damaged, wants to run code, or holds no state dict.
    """
    content = _load(Path(path))
    iteration = None
    if isinstance(content, Mapping) and isinstance(content.get("model"), Mapping):
        stated = content.get("iteration")
        iteration = stated if type(stated) is int else None
        content = content["model"]
    if not isinstance(content, Mapping) or not content or not all(map(_is_entry, content.items())):
        raise CheckpointError(
            f"{path} holds no state dict",
            cause=f"it is {_described(content)}",
            next_step="save one with: torch.save(model.state_dict(), FILE)",
        )
    tensors = dict(content)
    for prefix in (_PREFIX, inside):
        while prefix and all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return Released(tensors, iteration)


def _load(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols; what cannot be read raises
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise CheckpointError(f"checkpoint {path} cannot be read", cause=error.strerror or str(error)) from error
    except Exception as error:  # a damaged pickle can raise anything
        if isinstance(error, pickle.UnpicklingError) and "GLOBAL" in str(error):
            raise CheckpointError(
                f"{path} holds more than tensors, and gaitprep runs no code out of files",
                cause=_sentence_with("GLOBAL", str(error)),
                next_step="where you trust its source, save its state dict alone: torch.save(content['model'], FILE)",
            ) from error
        raise CheckpointError(
            f"{path} is not a whole file of torch.save",
            cause=str(error).partition("\n")[0][:200] or type(error).__name__,
            next_step="fetch it again",
        ) from error


def _sentence_with(word: str, text: str) -> str:
    line = next(line for line in text.splitlines() if word in line)
    return line.partition(". ")[0].strip()


def _is_entry(entry: tuple[Any, Any]) -> bool:
    name, value = entry
    return isinstance(name, str) and isinstance(value, Tensor)


def _described(content: Any) -> str:
    if isinstance(content, Mapping):
        return f"a table with the entries {', '.join(map(str, content))}" if content else "an empty table"
    return f"of the type {type(content).__name__}"
