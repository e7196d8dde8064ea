"""The network that a phase starts from: fresh, trained before, or put together from trained parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from gaitprep.errors import CheckpointError, UsageError
from gaitprep.models.checkpoint import ModelInfo, load_model
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.registry import RECOGNISERS, Network, build, classes_of, configure, sizes_of
from gaitprep.run.digest import digest_file
from gaitprep.train.config import JointConfig, PhaseConfig, RecognitionConfig, SegmentationConfig

SEGMENTER = "unet"
END_TO_END = ("gaitgl-e2e", "gaitedge")


@dataclass(frozen=True)
class Parts:
    """The trained networks that a phase starts from: joint training from both, the others, if at all, from their own.

    Attributes:
        segmentation: checkpoint of a U-Net.
        recognition: checkpoint of a recogniser.
    """

    segmentation: Path | None = None
    recognition: Path | None = None

    @property
    def paths(self) -> dict[str, Path]:
        """Those that are given, by phase."""
        return {phase: path for phase, path in vars(self).items() if path is not None}

    def digests(self) -> dict[str, str]:
        """What the outcome depends on."""
        return {phase: digest_file(path) for phase, path in self.paths.items()}


def check_method(config: PhaseConfig) -> None:
    """Whether the phase can train the method that its settings name.

    Raises:
        UsageError: it cannot; names those that it can.
    """
    if isinstance(config, RecognitionConfig):
        phase, method, fitting = "recognition", config.method, RECOGNISERS
    elif isinstance(config, JointConfig):
        phase, method, fitting = "joint", config.method, END_TO_END
    else:
        return
    if method not in fitting:
        raise UsageError(f"{phase} cannot train {method!r}", next_step=f"--method {' or '.join(fitting)}")


def build_network(config: PhaseConfig, *, subjects: list[str], seed: int, parts: Parts | None = None) -> Network:
    """The network before the first step; the same for the same arguments.

    Args:
        config: settings of the phase.
        subjects: names of the classes.
        seed: of the fresh weights.
        parts: what it starts from. A network that is trained further keeps its sizes, whatever the settings say, and
            has a fresh classifier for other subjects.

    Raises:
        UsageError: a size that the architecture does not have.
        CheckpointError: a part is not what it should be, or joint training starts from one of other subjects.
    """
    torch.manual_seed(seed)
    unet, recogniser = (parts.segmentation, parts.recognition) if parts else (None, None)
    if isinstance(config, SegmentationConfig):
        return load_model(unet, architecture=SEGMENTER)[0] if unet else build(SEGMENTER, **config.network)
    if isinstance(config, RecognitionConfig):
        if recogniser:
            return _go_on(config.method, recogniser, subjects)
        return build(config.method, **_with_classes(config.method, config.network, len(subjects)))
    if isinstance(config, JointConfig) and unet and recogniser:
        return _join(config, subjects, unet, recogniser)
    raise UsageError(
        "joint training starts from two trained networks",
        next_step="give their checkpoints with --segmentation and --recognition",
    )


def _with_classes(method: str, network: dict[str, object], classes: int) -> dict[str, object]:
    has_classifier = classes_of(configure(method)) is not None
    return {**network, "classes": classes} if has_classifier else dict(network)


def _go_on(method: str, path: Path, subjects: list[str]) -> Network:
    trained, info = load_model(path, architecture=method)
    if _fits(info, subjects):
        return trained
    fresh = build(method, **_with_classes(method, sizes_of(trained.config), len(subjects)))
    kept = {name: tensor for name, tensor in trained.state_dict().items() if not name.startswith("classifier.")}
    fresh.load_state_dict(fresh.state_dict() | kept)
    return fresh


def _join(config: JointConfig, subjects: list[str], segmentation: Path, recognition: Path) -> EndToEnd:
    unet, _ = load_model(segmentation, architecture=SEGMENTER)
    recogniser, info = load_model(recognition)
    if info.architecture not in RECOGNISERS:
        raise CheckpointError(
            f"checkpoint {recognition} holds the network {info.architecture}, not a recogniser of silhouettes",
            next_step=f"give a checkpoint of {', '.join(RECOGNISERS)}, from: gaitprep train recognition",
        )
    _check_subjects(recognition, info, subjects)
    sizes = {
        **sizes_of(recogniser.config),
        "recogniser": info.architecture,
        "unet_channels": sizes_of(unet.config)["channels"],
        **config.network,
    }
    joined = build(config.method, **sizes)
    assert isinstance(joined, EndToEnd)
    joined.segmenter.load_state_dict(unet.state_dict())
    joined.recogniser.load_state_dict(recogniser.state_dict())
    joined.segmenter.freeze_first_half()
    return joined


def _fits(info: ModelInfo, subjects: list[str]) -> bool:
    """Whether the classifier's classes are these subjects; true without a classifier."""
    if info.classes is None:
        return True
    theirs = info.details.get("subjects")
    # An imported checkpoint has no names for its classes; it numbers them in the order of names, as a store does.
    return info.classes == len(subjects) if theirs is None else theirs == subjects


def _check_subjects(path: Path, info: ModelInfo, subjects: list[str]) -> None:
    if not _fits(info, subjects):
        theirs = info.details.get("subjects")
        count = len(theirs) if isinstance(theirs, list) else info.classes
        raise CheckpointError(
            f"checkpoint {path} classifies other subjects than the store has to train on",
            cause=f"it knows {count} subjects of {' and '.join(info.trained_on) or 'an unknown domain'}, "
            f"the store has {len(subjects)}",
            next_step="train the recogniser on this store first: gaitprep train recognition --store STORE",
        )
