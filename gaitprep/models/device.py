"""What networks run on, and whether bfloat16 pays there."""

from __future__ import annotations

import torch

from gaitprep.errors import UsageError


def resolve_device(name: str) -> str:
    """The device class that `name` means here: `cpu`, `cuda` or `mps`.

    Raises:
        UsageError: there is no such device.
    """
    available = ["cpu"]
    if torch.cuda.is_available():
        available.append("cuda")
    if torch.backends.mps.is_available():
        available.append("mps")
    if name == "auto":
        return available[-1]
    if name not in available:
        raise UsageError(f"there is no device {name!r} here", next_step=f"use auto, {' or '.join(available)}")
    return name


def multiplies_bf16(device: str) -> bool:
    """Whether the hardware computes in bfloat16 faster than in float32."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        # Elsewhere oneDNN emulates bfloat16, slower than float32. These probes are not public in torch.
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(bool(getattr(torch.cpu, probe, bool)()) for probe in probes)
    return False
