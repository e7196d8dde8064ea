"""What a detection network sees in a crop: feature maps of its layers, fixed."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import load_network
from gaitprep.models.weights import resolve_weights

CHANNELS = (16, 32, 64, 128, 256)
"""Feature maps of YOLOv8n at a half, a quarter, … of the picture's sides."""
_TAPS = (0, 2, 15, 12, 9)
"""Layers that give them: the first two and the last from the way down, the others from the way up, which knows more."""


class DetectorFeatures(nn.Module):
    """The layers of a detection network up to its finest features; its heads are left out.

    Args:
        layers: of the network, in order, each with its inputs in `f`.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self._sources = [[layer.f] if isinstance(layer.f, int) else list(layer.f) for layer in layers]

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """`[m, 3, h, w]` in [0, 1], sides multiples of 32 → five maps `[m, CHANNELS[i], h / 2^(i+1), w / 2^(i+1)]`."""
        found: list[Tensor] = []
        for layer, sources in zip(self.layers, self._sources, strict=True):
            inputs = [found[source] if found else pictures for source in sources]
            found.append(layer(inputs if len(inputs) > 1 else inputs[0]))
        return [found[tap] for tap in _TAPS]


@functools.lru_cache(maxsize=2)
def detector_features(model: str, digest: str) -> DetectorFeatures:
    """The features of a detector, on the CPU in float32; loaded once in a process.

    Raises:
        WeightsError: the weights cannot be found, are not those of `digest`, or not those of a YOLOv8n.
    """
    weights = resolve_weights(model)
    if weights.digest != digest:
        raise WeightsError(
            f"{weights.path} is not the detector that the silhouette network was trained on",
            cause=f"its SHA-256 is {weights.digest[:12]}…, not {digest[:12]}…",
            next_step=f"move that file away, so that the official {model} is found",
        )
    network, _ = load_network(weights.path)
    features = DetectorFeatures(list(network.model[: max(_TAPS) + 1])).eval()
    with torch.inference_mode():
        found = tuple(maps.shape[1] for maps in features(torch.zeros(1, 3, 32, 32)))
    if found != CHANNELS:
        raise WeightsError(f"{weights.path} is no YOLOv8n", cause=f"its features have {found} maps, not {CHANNELS}")
    return features


@functools.lru_cache(maxsize=2)
def converted_features(model: str, digest: str, device: torch.device, dtype: torch.dtype) -> DetectorFeatures:
    """The same on a device and in a number format."""
    features = copy.deepcopy(detector_features(model, digest)).to(device, dtype)
    return features.to(memory_format=torch.channels_last)
