"""Finding people in frames."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import import_ultralytics, preserved
from gaitprep.track.config import TrackConfig
from gaitprep.track.letterbox import Letterbox
from gaitprep.track.network import BareNetwork

_BATCH = 16
_BATCH_BYTES = 64_000_000


class Detector(Protocol):
    """Finds people in a batch of frames of one size."""

    def batch_size(self, width: int, height: int) -> int:
        """How many frames of that size to give at once."""
        ...

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """For each frame `[h, w, 3]` uint8 RGB: `[k, 5]` float32 x1, y1, x2, y2 in source pixels, and score."""
        ...


class NetworkDetector:
    """People by a bare network.

    Args:
        network: the network.
        config: scores and overlap.
        long_side: of the picture that the network sees, pixels.
    """

    def __init__(self, network: BareNetwork, config: TrackConfig, long_side: int) -> None:
        self._network = network
        self._config = config
        self._long_side = long_side

    def batch_size(self, width: int, height: int) -> int:
        """See `Detector`."""
        fitting = min(_BATCH, _BATCH_BYTES // (width * height * 3))
        return max(1, fitting // self._network.piece) * self._network.piece

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """See `Detector`."""
        if not images:
            return []
        height, width, _ = images[0].shape
        box = Letterbox.fit(width, height, self._long_side)
        # A last piece that is not full is filled up with grey: each new shape costs the network a second to prepare.
        pictures = box.blank(-(-len(images) // self._network.piece) * self._network.piece)
        for image, picture in zip(images, pictures, strict=False):
            box.place(image, picture)
        found = self._network(pictures, self._config.score_low, self._config.overlap)[: len(images)]
        return [_solid(np.concatenate([box.to_source(f[:, :4]), f[:, 4:5]], axis=1)) for f in found]


class UltralyticsDetector:
    """People by ultralytics' own prediction: slower, for networks with any other head (RT-DETR, segmentation, …).

    Args:
        path: checkpoint.
        person: index of the class.
        config: scores, overlap and device.
        long_side: of the picture that the network sees, pixels.
    """

    def __init__(self, path: Path, person: int, config: TrackConfig, long_side: int) -> None:
        self._options = {
            "imgsz": long_side,
            "conf": config.score_low,
            "iou": config.overlap,
            "classes": [person],
            "device": config.device,
            "verbose": False,
            "save": False,
        }
        with preserved():
            self._model: Any = import_ultralytics().YOLO(str(path))

    def batch_size(self, width: int, height: int) -> int:
        """See `Detector`."""
        return 4

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """See `Detector`."""
        with preserved():
            results = self._model.predict([cv2.cvtColor(i, cv2.COLOR_RGB2BGR) for i in images], **self._options)
        found = [(result.boxes.xyxy.cpu().numpy(), result.boxes.conf.cpu().numpy()) for result in results]
        return [_solid(np.concatenate([boxes, scores[:, None]], axis=1)) for boxes, scores in found]


def _solid(detections: NDArray[Any]) -> NDArray[np.float32]:
    """Without boxes that clipping to the frame has left less than a pixel of."""
    sides = detections[:, 2:4] - detections[:, :2]
    return np.asarray(detections[(sides >= 1).all(axis=1)], dtype=np.float32)


@functools.lru_cache(maxsize=1)
def _network(path: Path, device: str, bf16: bool) -> BareNetwork:
    return BareNetwork(path, device, bf16=bf16)


def make_detector(path: Path, config: TrackConfig, long_side: int) -> Detector:
    """The fastest detector that the network allows; a worker process loads it once.

    Args:
        path: checkpoint.
        config: with device, precision and digest filled in.
        long_side: of the picture that the network sees, pixels.

    Raises:
        WeightsError: the checkpoint cannot be used.
    """
    if not path.is_file():
        raise WeightsError(f"the weights {path} have gone", next_step="run the command again")
    network = _network(path, config.device, config.precision == "bf16")
    if network.is_plain:
        return NetworkDetector(network, config, long_side)
    return UltralyticsDetector(path, network.person, config, long_side)
