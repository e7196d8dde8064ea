"""Masks by a U-Net that gaitprep trained."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import torch

from gaitprep.models.checkpoint import load_model
from gaitprep.models.registry import Network
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter

_BATCH = 32


class UNetSegmenter(Segmenter):
    """Every crop by itself, through the network.

    Args:
        path: checkpoint of architecture `unet`.
        device: cpu, cuda or mps.
        bf16: compute in bfloat16.
        threshold: probability from which a pixel is body.
    """

    def __init__(self, path: Path, device: str, *, bf16: bool, threshold: float = 0.5) -> None:
        self._path = path
        self._device = device
        self._bf16 = bf16
        self._threshold = threshold

    def prepare(self, video: Video) -> AbstractContextManager[VideoSegmenter]:
        """See `Segmenter`.

        Raises:
            CheckpointError: the file is no U-Net.
        """
        network = _network(self._path, self._device)
        return nullcontext(_CropByCrop(network, self._device, self._bf16, self._threshold))


@functools.lru_cache(maxsize=1)
def _network(path: Path, device: str) -> Network:
    network, _ = load_model(path, architecture="unet")
    return network.to(device)


class _CropByCrop(VideoSegmenter):
    def __init__(self, network: Network, device: str, bf16: bool, threshold: float) -> None:
        self._network = network
        self._device = device
        self._bf16 = bf16
        self._logit = float(np.log(threshold / (1 - threshold)))

    def masks(self, crops: Crops) -> Images:
        found = np.empty(crops.rgb.shape[:3], np.uint8)
        with torch.inference_mode(), torch.autocast(self._device, torch.bfloat16, enabled=self._bf16):
            for start in range(0, len(crops), _BATCH):
                rgb = torch.from_numpy(crops.rgb[start : start + _BATCH]).to(self._device).permute(0, 3, 1, 2)
                body = self._network(rgb)[:, 0] > self._logit
                found[start : start + _BATCH] = body.to(torch.uint8).mul_(255).cpu().numpy()
        return found
