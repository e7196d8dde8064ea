"""The joint phase: segmentation and recognition network as one, from RGB [§5.1, Joint Training Details]."""

from __future__ import annotations

from typing import Any

from gaitprep.models.losses import Loss, joint_loss
from gaitprep.train.batches import Batch
from gaitprep.train.config import JointConfig
from gaitprep.train.phase import Phase, trainable

ARRAYS = ("rgb", "mask", "ratio")


class Joint(Phase[JointConfig]):
    """Trains an `EndToEnd` network whose U-Net is half frozen; the U-Net learns more slowly than the recogniser."""

    def parameter_groups(self) -> list[dict[str, Any]]:
        """The trainable half of the U-Net, then the recogniser, each with its own rate."""
        network: Any = self.model
        return [
            {"params": trainable(network.segmenter), "lr": self.config.segmentation_rate},
            {"params": trainable(network.recogniser), "lr": self.config.rate},
        ]

    def losses(self, batch: Batch) -> Loss:
        """Clips of crops `[n, s, 128, 128, 3]` with their ratios, subjects and reference masks."""
        images = self.tensor(batch, "rgb").permute(0, 1, 4, 2, 3)
        masks = self.tensor(batch, "mask")
        with self.compute.autocast():
            output = self.model(images, self.tensor(batch, "ratio"), masks)
        return joint_loss(output, self.labels(batch), masks, self.config.margin, self.config.segmentation_weight)
