"""The joint phase: segmentation and recognition network as one, from RGB [§5.1, Joint Training Details]."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gaitprep.models.losses import segmentation
from gaitprep.train.batches import Batch
from gaitprep.train.clips import ClipPhase
from gaitprep.train.config import JointConfig
from gaitprep.train.phase import trainable

ARRAYS = ("rgb", "mask", "ratio")


class Joint(ClipPhase[JointConfig]):
    """Trains an `EndToEnd` network whose U-Net is half frozen; the U-Net learns more slowly than the recogniser.

    `L_joint = L_rec + λ·L_seg`.
    """

    @property
    def recogniser(self) -> Any:
        """The recogniser behind the U-Net."""
        return self.model.recogniser

    @property
    def segmentation_weight(self) -> float:
        """λ of the settings."""
        return self.config.segmentation_weight

    def parameter_groups(self) -> list[dict[str, Any]]:
        """The trainable half of the U-Net, then the recogniser, each with its own rate."""
        network: Any = self.model
        return [
            {"params": trainable(network.segmenter), "lr": self.config.segmentation_rate},
            {"params": trainable(network.recogniser), "lr": self.config.rate},
        ]

    def features(self, part: Batch) -> tuple[Tensor, Tensor | None]:
        """Of clips of crops `[n, s, 128, 128, 3]` with their ratios and reference masks."""
        network: Any = self.model
        images, masks = self.tensor(part, "rgb").permute(0, 1, 4, 2, 3), self.tensor(part, "mask")
        with self.compute.autocast():
            silhouettes, logits = network.silhouettes(images, self.tensor(part, "ratio"), masks)
            features = self.recogniser.features(silhouettes)
        return features, segmentation(logits, masks)
