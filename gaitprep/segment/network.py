"""Masks by a network that gaitprep trained."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gaitprep.errors import CheckpointError
from gaitprep.models.checkpoint import load_model
from gaitprep.models.registry import Network
from gaitprep.models.silhouette import SilhouetteNet
from gaitprep.models.unet import UNet
from gaitprep.segment.certainty import certainty
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter

_BATCH = 32


class CropNetwork:
    """Crops through a network.

    Args:
        path: checkpoint of architecture `unet` or `silhouette`.
        device: cpu, cuda or mps.
        bf16: compute in bfloat16.

    Raises:
        CheckpointError: the file is no such network.
    """

    def __init__(self, path: Path, device: str, *, bf16: bool) -> None:
        self._network = _network(path, device)
        self._device = device
        self._bf16 = bf16

    def logits(self, rgb: Images) -> NDArray[np.float32]:
        """Log odds of body `[n, 128, 128]` of crops `[n, 128, 128, 3]`."""
        found = np.empty(rgb.shape[:3], np.float32)
        with torch.inference_mode(), torch.autocast(self._device, torch.bfloat16, enabled=self._bf16):
            for start in range(0, len(rgb), _BATCH):
                images = torch.from_numpy(rgb[start : start + _BATCH]).to(self._device).permute(0, 3, 1, 2)
                found[start : start + _BATCH] = self._network(images)[:, 0].float().cpu().numpy()
        return found


class NetworkSegmenter(Segmenter):
    """Every crop by itself, through the network.

    Args:
        path: checkpoint of architecture `unet` or `silhouette`.
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
            CheckpointError: the file is no such network.
        """
        return nullcontext(_CropByCrop(CropNetwork(self._path, self._device, bf16=self._bf16), self._threshold))


def logit(threshold: float) -> float:
    """The log odds of a probability."""
    return float(np.log(threshold / (1 - threshold)))


@functools.lru_cache(maxsize=1)
def _network(path: Path, device: str) -> Network:
    network, info = load_model(path)
    if not isinstance(network, UNet | SilhouetteNet):
        raise CheckpointError(
            f"checkpoint {path} holds the network {info.architecture}, which makes no masks",
            next_step="give a checkpoint of `gaitprep train segmentation` or `gaitprep train segmenter`",
        )
    return network.to(device)


class _CropByCrop(VideoSegmenter):
    def __init__(self, network: CropNetwork, threshold: float) -> None:
        self._network = network
        self._logit = logit(threshold)

    def masks(self, crops: Crops) -> Images:
        odds = self._network.logits(crops.rgb)
        self.certainty = certainty(odds, self._logit)
        return np.where(odds > self._logit, 255, 0).astype(np.uint8)
