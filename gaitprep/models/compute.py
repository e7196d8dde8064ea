"""Where and how precisely a network computes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch

from gaitprep.models.device import multiplies_bf16, resolve_device

Precision = Literal["auto", "bf16", "fp32"]


@dataclass(frozen=True)
class Compute:
    """A device and the arithmetic used on it.

    Attributes:
        device: where.
        bf16: whether convolutions and products run in bfloat16; parameters and losses stay float32.
    """

    device: torch.device
    bf16: bool

    def autocast(self) -> AbstractContextManager[object]:
        """The context that forward passes run in."""
        if self.bf16:
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()

    def __str__(self) -> str:
        return f"{self.device.type}, {'bf16' if self.bf16 else 'fp32'}"


def compute(device: str, precision: Precision) -> Compute:
    """Chooses the device and the arithmetic.

    Args:
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: `auto` takes bfloat16 where the hardware multiplies it faster than float32.

    Raises:
        UsageError: there is no such device.
    """
    name = resolve_device(device)
    bf16 = multiplies_bf16(name) if precision == "auto" else precision == "bf16"
    return Compute(torch.device(name), bf16)
