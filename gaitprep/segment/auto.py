"""The default: a network, and the still background as a second witness where the camera stands still."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from gaitprep.segment.certainty import certainty
from gaitprep.segment.fusion import evidence
from gaitprep.segment.interface import Crops, Images, Video, VideoSegmenter
from gaitprep.segment.network import CropNetwork, NetworkSegmenter, logit
from gaitprep.segment.scene import Scenes, scenes


class AutoSegmenter(NetworkSegmenter):
    """Decides for each window of each video whether its background can be trusted; arguments as its parent."""

    @contextmanager
    def prepare(self, video: Video) -> Generator[VideoSegmenter]:
        """See `Segmenter`.

        Raises:
            CheckpointError: the file is no such network.
        """
        network = CropNetwork(self._path, self._device, bf16=self._bf16)
        with scenes(video) as seen:
            yield _Fused(network, seen, logit(self._threshold))


class _Fused(VideoSegmenter):
    def __init__(self, network: CropNetwork, seen: Scenes, level: float) -> None:
        self._network = network
        self._scenes = seen
        self._level = level
        self._crops = {True: 0, False: 0}

    @property
    def details(self) -> Mapping[str, Any]:
        still, moving = self._crops[True], self._crops[False]
        chosen = "network" if not still else "network and background" if not moving else "both, by window"
        return {
            "chosen": chosen,
            "camera": "still" if still and not moving else "moving" if moving and not still else "still at times",
            "unrest": [round(unrest, 3) for unrest in self._scenes.unrest],
            "crops_with_background": still,
        }

    def masks(self, crops: Crops) -> Images:
        odds = self._network.logits(crops.rgb)
        side = crops.rgb.shape[1]
        for rows, scene in self._scenes.spans(crops.frame):
            self._crops[scene.is_still] += rows.stop - rows.start
            if scene.is_still:
                for index in range(rows.start, rows.stop):
                    behind = scene.behind(crops.box[index], side)
                    odds[index] += evidence(crops.rgb[index], behind, crops.person[index])
        self.certainty = certainty(odds, self._level)
        return np.where(odds > self._level, 255, 0).astype(np.uint8)
