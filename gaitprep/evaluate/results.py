"""What an evaluation says, as data that go to JSON and come back."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gaitprep.run.atomic import publish_text

UNTRAINED = "untrained"
"""In place of a file: random weights."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Checkpoint(_Result):
    """What was tested.

    Attributes:
        name: its file, or `UNTRAINED`.
        method: architecture.
        preset: of its training.
        trained_on: domains of its training.
        steps: of its last phase.
    """

    name: str
    method: str
    preset: str = ""
    trained_on: list[str] = []
    steps: int = 0


class ConditionResult(_Result):
    """One group of probe conditions. All numbers are percent; None is missing.

    Attributes:
        name: of the group.
        probes: sought sequences.
        unenrolled: comparisons that count as errors because the subject has no gallery entry there.
        empty_cells: cells that nothing could be said of; they are left out of the means.
        views: rows of `matrix`, probe views.
        gallery_views: columns of `matrix`; empty where the gallery is not divided by views.
        matrix: rank-1, probe view × gallery view.
        by_view: rank-1 of each probe view.
        accuracy: rank-k by k.
        chance: what a random order scores, by k.
    """

    name: str
    probes: int
    unenrolled: int
    empty_cells: int
    views: list[str]
    gallery_views: list[str]
    matrix: list[list[float | None]]
    by_view: list[float | None]
    accuracy: dict[int, float | None]
    chance: dict[int, float | None]


class RecognitionResult(_Result):
    """A recogniser on a store.

    Attributes:
        checkpoint: what was tested.
        test_set: the store's domain.
        protocol: by which rules.
        metric: distance between embeddings.
        precision: arithmetic of the network, `fp32` or `bf16`.
        offset: how far crops were moved at random, in pixels at most.
        subjects: test subjects that were sought.
        gallery: enrolled sequences.
        conditions: by group, in the protocol's order.
        accuracy, chance: rank-k by k, mean over the groups.
        notes: what a reader must know beside the numbers.
    """

    checkpoint: Checkpoint
    test_set: str
    protocol: str
    metric: str
    precision: str
    offset: int = 0
    subjects: int
    gallery: int
    conditions: list[ConditionResult]
    accuracy: dict[int, float | None]
    chance: dict[int, float | None]
    notes: list[str] = []

    @property
    def home(self) -> bool:
        """Whether it is tested on the domain that it was trained on."""
        return self.test_set in self.checkpoint.trained_on


class SegmentationResult(_Result):
    """A segmentation network against the reference masks of test subjects. IoU in percent.

    Attributes:
        checkpoint: what was tested.
        test_set: the store's domain.
        precision: arithmetic of the network, `fp32` or `bf16`.
        frames: valid frames of test subjects.
        iou: mean over frames.
        median: over frames.
        baseline: mean IoU of the best single mask for all frames (the pixels that are body in most of them).
        notes: what a reader must know beside the numbers.
    """

    checkpoint: Checkpoint
    test_set: str
    precision: str
    frames: int
    iou: float
    median: float
    baseline: float
    notes: list[str] = []

    @property
    def home(self) -> bool:
        """Whether it is tested on the domain that it was trained on."""
        return self.test_set in self.checkpoint.trained_on


class Results(_Result):
    """Everything one call of `gaitprep evaluate` found."""

    recognition: list[RecognitionResult] = []
    segmentation: list[SegmentationResult] = []

    def write(self, path: Path) -> None:
        """Publishes the results as JSON."""
        publish_text(path, self.as_json() + "\n")

    def as_json(self) -> str:
        """The results as indented JSON."""
        return self.model_dump_json(indent=2)

    @staticmethod
    def read(path: Path) -> Results:
        """Reads results that `write` published."""
        return Results.model_validate_json(path.read_text())
