"""Settings of the experiments, and the YAML files that they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from gaitprep.errors import UsageError
from gaitprep.evaluate.distances import Metric
from gaitprep.manifest.bundled import read_yaml_source
from gaitprep.models.compute import Precision
from gaitprep.models.gaitalign import AlignMode
from gaitprep.models.registry import RECOGNISERS
from gaitprep.models.synthesis import check_element
from gaitprep.train.network import END_TO_END

Seed = Annotated[int, Field(ge=0)]
Seeds = Annotated[list[Seed], Field(min_length=1)]


def _has_a_centre(side: int) -> int:
    check_element(side)  # before hours of training
    return side


class ExperimentConfig(BaseModel):
    """What all experiments share: the worlds, and how networks are trained and tested.

    Attributes:
        stores: the domains, their names → their stores.
        preset: of training; `segmentation`, `recognition` and `joint` depart from it. `recognition.methods` departs
            further for single methods.
        unet: that the end-to-end methods start from: `trained`, on the same store alone, or `bundled-small`, which has
            seen rendered people on many backgrounds.
        recogniser: the network behind the U-Net of the end-to-end methods.
        precision: arithmetic of the tests; distance: between embeddings.
        threads: of each unit. Networks trained with other numbers of threads differ in their last digits, so that it is
            fixed here and the number of workers changes nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stores: dict[str, Path] = Field(min_length=1)
    preset: str = "cpu"
    segmentation: dict[str, Any] = {}
    recognition: dict[str, Any] = {}
    joint: dict[str, Any] = {}
    unet: Literal["trained", "bundled-small"] = "trained"
    recogniser: str = "gaitgl"
    precision: Precision = "auto"
    distance: Metric = "per-part"
    threads: int = Field(default=1, ge=1)

    @field_validator("recogniser")
    @classmethod
    def _recognises(cls, name: str) -> str:
        if name not in RECOGNISERS:
            raise ValueError(f"{name!r} is no recogniser of silhouettes; there are {', '.join(RECOGNISERS)}")
        return name


class CrossDomainConfig(ExperimentConfig):
    """Table 2.

    Attributes:
        methods: networks → seeds; each is trained on every store with every seed, and tested on every store.
    """

    methods: dict[str, Seeds] = Field(min_length=1)

    @field_validator("methods")
    @classmethod
    def _known(cls, methods: dict[str, Seeds]) -> dict[str, Seeds]:
        known = (*RECOGNISERS, *END_TO_END)
        if unknown := [name for name in methods if name not in known]:
            raise ValueError(f"there is no method {unknown[0]!r}; there are {', '.join(known)}")
        return methods


class StructuringElementConfig(ExperimentConfig):
    """Table 4.

    Attributes:
        elements: sides of the structuring element in pixels, odd; seeds: of every network.
    """

    elements: Annotated[list[Annotated[int, AfterValidator(_has_a_centre)]], Field(min_length=1)]
    seeds: Seeds


class AlignmentConfig(ExperimentConfig):
    """Figure 6, on the first of the stores.

    Attributes:
        methods: end-to-end networks that are trained; modes: of GaitAlign, `none` for a plain resize.
        offset: how far crops are moved at most, in pixels of the crop; seeds: of every network.
    """

    methods: Annotated[list[Literal["gaitedge", "gaitgl-e2e"]], Field(min_length=1)]
    modes: Annotated[list[AlignMode], Field(min_length=1)]
    offset: int = Field(ge=1, le=64)
    seeds: Seeds


class PicturesConfig(ExperimentConfig):
    """Figure 7.

    Attributes:
        sequences: store → sequences as `subject/condition/view`; a store that is not named shows `count` of its probes,
            of as many people.
        count: how many sequences of such a store; frames: of each. seed: of the networks.
    """

    sequences: dict[str, list[str]] = {}
    count: int = Field(default=3, ge=1, le=50)
    frames: int = Field(default=8, ge=1, le=30)
    seed: Seed = 0


ConfigT = TypeVar("ConfigT", bound=ExperimentConfig)


def read_settings(source: str) -> dict[str, Any]:
    """The settings in a file, those of the file that it names as `base` before its own.

    Args:
        source: bundled name or path of a YAML file.

    Raises:
        UsageError: not YAML, or no table.
        ManifestError: there is no such file.
    """
    return _layers(source, ())


def make_config(kind: type[ConfigT], source: str, values: Mapping[str, Any]) -> ConfigT:
    """Checks settings.

    Args:
        kind: of the experiment.
        source: where they come from, for errors.
        values: the settings.

    Raises:
        UsageError: an unknown or an impossible setting; named.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "it"
        if place == "stores":
            raise UsageError(
                "an experiment needs its stores",
                next_step="give each with --store NAME=PATH, e.g. those of make worlds",
            ) from error
        raise UsageError(
            f"setting {place} of experiment {source}: {first['msg']}",
            cause=f"it was {first['input']!r}" if first["type"] not in ("extra_forbidden", "missing") else "",
            next_step=f"settings: {', '.join(kind.model_fields)}",
        ) from error


def _layers(source: str, above: Sequence[str]) -> dict[str, Any]:
    if source in above:
        raise UsageError(f"experiment file {source} is based on itself", cause=" → ".join([*above, source]))
    text, where = read_yaml_source("experiments", source)
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"{where} is not YAML", cause=str(error)) from error
    if not isinstance(content, dict):
        raise UsageError(f"{where} is no table of settings", next_step="see docs/experiments.md")
    base = content.pop("base", None)
    return _merge(_layers(str(base), [*above, source]), content) if base else content


def _merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for name, value in second.items():
        before = merged.get(name)
        merged[name] = _merge(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return merged
