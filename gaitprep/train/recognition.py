"""The recognition phase: a silhouette network on P×K clips [§5.1, Gait Recognition]."""

from __future__ import annotations

from gaitprep.models.layers import narrow
from gaitprep.models.losses import Loss, recognition_loss
from gaitprep.train.batches import Batch
from gaitprep.train.config import RecognitionConfig
from gaitprep.train.phase import Phase

ARRAYS = ("silhouette",)


class Recognition(Phase[RecognitionConfig]):
    """Trains a recogniser with the triplet loss, and cross-entropy where it has a classifier."""

    def losses(self, batch: Batch) -> Loss:
        """Clips of silhouettes `[n, s, 64, 44 or 64]` and their subjects."""
        silhouettes = narrow(self.tensor(batch, "silhouette")).float() / 255
        with self.compute.autocast():
            output = self.model(silhouettes)
        return recognition_loss(output, self.labels(batch), self.config.margin)
