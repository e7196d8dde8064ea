"""Settings of the training phases. Every field affects the outcome; where and how fast is `Execution`."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gaitprep.models.compute import Precision

PhaseName = Literal["segmentation", "recognition", "joint", "segmenter"]


class PhaseConfig(BaseModel):
    """What all phases share: the network's sizes, the optimiser and the schedule.

    Attributes:
        network: sizes of the architecture that differ from its published ones.
        steps: optimiser steps in all.
        milestones: steps at which the learning rates are multiplied by `decay`.
        optimiser: `sgd` (with `momentum`, Nesterov's if `nesterov`), `adam` or `adamw`.
        rate: learning rate at the start.
        weight_decay: L2 penalty; with `adamw` decoupled from the gradient.
        precision: `bf16` or `fp32` arithmetic in the networks; `auto` takes bf16 where the machine has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: dict[str, Any] = {}
    steps: int = Field(ge=1)
    milestones: tuple[int, ...] = ()
    decay: float = Field(default=0.1, gt=0, le=1)
    optimiser: Literal["sgd", "adam", "adamw"]
    rate: float = Field(gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    nesterov: bool = False
    weight_decay: float = Field(default=5e-4, ge=0)
    precision: Precision = "auto"

    def rate_factor(self, step: int) -> float:
        """What the schedule multiplies the learning rates with at `step` (counted from 0)."""
        return float(self.decay ** sum(step >= milestone for milestone in self.milestones))


class SegmentationConfig(PhaseConfig):
    """The U-Net on images [§5.1, Pedestrian Segmentation].

    Attributes:
        images: images in a batch.
        chunk: images that go through the network at once; gradients add up to those of the whole batch, except
            that batch normalisation sees a chunk. 0 for the whole batch.
        colours: how much the light of each image is varied, see `vary_colours`; 0 (the paper) not at all.
    """

    images: int = Field(ge=1)
    chunk: int = Field(default=0, ge=0)
    colours: float = Field(default=0.0, ge=0, le=1)


class SegmenterConfig(PhaseConfig):
    """A network for masks of real people, on rendered crops.

    Attributes:
        method: which of the preset's networks; `architecture` and `network` say what that is.
        architecture: `unet`, or `silhouette`, which looks through the person detector's features.
        images: crops in a batch.
        crops: how many different crops there are; each is used again in every epoch, otherwise varied.
        held_out: crops on other backgrounds that the network is judged by.
        overlap: weight of the loss of overlap, 1 − IoU of the soft masks, beside the cross-entropy.
        warm_up: steps over which the learning rate rises to `rate`; then it falls to 0 as a cosine.
        average: how slowly the averaged weights, which are those published, follow the trained ones.
        validate_every: steps between two judgements; there is one at the end, too.
        move: how far crops are shifted and scaled, as a share of their side, and turned, in radians.
        colours: how much the light of each crop is varied, as a share of the range.
        cut: share of the crops of which only a part is shown, as of people whom the picture's edge cuts.
    """

    method: Literal["small", "wide", "fine"] = "fine"
    architecture: Literal["unet", "silhouette"] = "unet"
    optimiser: Literal["sgd", "adam", "adamw"] = "sgd"
    rate: float = Field(default=0.1, gt=0)
    nesterov: bool = True
    images: int = Field(default=32, ge=1)
    crops: int = Field(ge=1)
    held_out: int = Field(ge=1)
    overlap: float = Field(default=0.0, ge=0)
    warm_up: int = Field(default=150, ge=0)
    average: float = Field(default=0.998, ge=0, lt=1)
    validate_every: int = Field(default=500, ge=1)
    move: float = Field(default=0.05, ge=0, le=0.5)
    colours: float = Field(default=0.15, ge=0, le=1)
    cut: float = Field(default=0.1, ge=0, le=1)

    def rate_factor(self, step: int) -> float:
        """Rises evenly over the warm-up, then falls to 0 as a cosine."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(self.steps - self.warm_up, 1)
        return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


class ClipConfig(PhaseConfig):
    """What recognition and joint training share: the P×K batch of clips.

    Attributes:
        subjects: P, subjects in a batch.
        sequences: K, sequences of each.
        frames: frames of a clip.
        skip: how many frames longer than `frames` the window is that a clip is drawn from.
        ordered: frames in order out of a window, or a set of any frames.
        margin: of the triplet loss.
        chunk: clips that go through the network at once, the head excepted; 0 for the whole batch. The step stays that
            of the batch, for a third more time and the memory of a chunk; only the batch normalisation of a U-Net
            sees a chunk.
    """

    subjects: int = Field(ge=2)
    sequences: int = Field(ge=1)
    frames: int = Field(ge=1)
    skip: int = Field(default=0, ge=0)
    ordered: bool = True
    margin: float = Field(default=0.2, gt=0)
    chunk: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _has_positive_pairs(self) -> ClipConfig:
        if self.subjects * self.sequences < 3:
            raise ValueError("a batch needs at least 3 clips for a triplet")
        return self


class RecognitionConfig(ClipConfig):
    """A recogniser on silhouettes.

    Attributes:
        method: its architecture.
    """

    method: str = "gaitgl"


class JointConfig(ClipConfig):
    """U-Net and recogniser together, from RGB [§5.1, Joint Training Details].

    Attributes:
        method: the end-to-end architecture.
        segmentation_rate: learning rate of the trainable half of the U-Net; `rate` is the recogniser's.
        segmentation_weight: λ, the weight of the segmentation loss.
        offset: how far crops are moved at random, in pixels at most; 0 not at all. See `OffsetReader`.
    """

    method: str = "gaitedge"
    segmentation_rate: float = Field(gt=0)
    segmentation_weight: float = Field(default=10.0, ge=0)
    offset: int = Field(default=0, ge=0, le=64)


class TrainSettings(BaseModel):
    """The `train` section of a pipeline and of `--set`: a preset, and what departs from it in each phase."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str = "cpu"
    seed: int = Field(default=0, ge=0)
    segmentation: dict[str, Any] = {}
    recognition: dict[str, Any] = {}
    joint: dict[str, Any] = {}
    segmenter: dict[str, Any] = {}
