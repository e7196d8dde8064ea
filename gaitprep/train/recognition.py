"""The recognition phase: a silhouette network on P×K clips [§5.1, Gait Recognition]."""

from __future__ import annotations

from torch import Tensor

from gaitprep.models.layers import narrow
from gaitprep.train.batches import Batch
from gaitprep.train.clips import ClipPhase
from gaitprep.train.config import RecognitionConfig

ARRAYS = ("silhouette",)


class Recognition(ClipPhase[RecognitionConfig]):
    """Trains a recogniser with the triplet loss, and cross-entropy where it has a classifier."""

    def features(self, part: Batch) -> tuple[Tensor, Tensor | None]:
        """Of clips of silhouettes `[n, s, 64, 44 or 64]`."""
        silhouettes = narrow(self.tensor(part, "silhouette")).float() / 255
        with self.compute.autocast():
            return self.recogniser.features(silhouettes), None
