"""Presets: named sets of numbers, kept as data beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from gaitprep.errors import UsageError
from gaitprep.train.config import (
    JointConfig,
    PhaseConfig,
    PhaseName,
    RecognitionConfig,
    SegmentationConfig,
    SegmenterConfig,
    TrainSettings,
)

_CONFIGS: Mapping[PhaseName, type[PhaseConfig]] = {
    "segmentation": SegmentationConfig,
    "recognition": RecognitionConfig,
    "joint": JointConfig,
    "segmenter": SegmenterConfig,
}

ConfigT = TypeVar("ConfigT", bound=PhaseConfig)


def preset_names() -> list[str]:
    """The presets that come with gaitprep."""
    folder = resources.files("gaitprep.train") / "presets"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def phase_config(
    phase: PhaseName, settings: TrainSettings, *, method: str | None = None, steps: int | None = None
) -> PhaseConfig:
    """The settings of a phase: the preset's, then those of the method, then what the user set.

    Args:
        phase: which phase.
        settings: preset and the user's departures from it.
        method: architecture, before that of the preset or the settings.
        steps: number of steps, before all others.

    Raises:
        UsageError: no such preset, or a setting that the phase does not know.
    """
    content = _read(settings.preset)
    if phase not in content:
        raise UsageError(
            f"preset {settings.preset} has no numbers for the phase {phase}",
            next_step=f"it has: {', '.join(content)}; the presets are {', '.join(preset_names())}",
        )
    numbers = dict(content[phase])
    by_method = numbers.pop("methods", {})
    departures = dict(getattr(settings, phase))
    chosen = method or departures.get("method") or numbers.get("method")
    values = _merge(numbers, by_method.get(chosen, {}), departures)
    if chosen is not None:
        values["method"] = chosen
    if steps is not None:
        values["steps"] = steps
    try:
        return _CONFIGS[phase].model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join([phase, *map(str, first["loc"])])
        raise UsageError(
            f"{name} cannot be {first.get('input')!r}",
            cause=str(first["msg"]),
            next_step=f"settings of {phase}: {', '.join(_CONFIGS[phase].model_fields)}",
        ) from error


def _read(preset: str) -> dict[str, Any]:
    path = Path(preset)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise UsageError(f"preset file {preset} does not exist")
        text = path.read_text()
    elif preset in preset_names():
        text = (resources.files("gaitprep.train") / "presets" / f"{preset}.yaml").read_text()
    else:
        raise UsageError(
            f"there is no preset {preset!r}",
            next_step=f"take one of {', '.join(preset_names())}, or the path of a YAML file",
        )
    content = yaml.safe_load(text)
    if not isinstance(content, dict) or not all(isinstance(part, dict) for part in content.values()):
        raise UsageError(f"preset {preset} is not a table of phases")
    unknown = sorted(set(content) - set(_CONFIGS))
    if unknown:
        raise UsageError(f"preset {preset} names the unknown phase {unknown[0]!r}")
    return content


def _merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        for name, value in layer.items():
            if isinstance(value, Mapping) and isinstance(merged.get(name), Mapping):
                merged[name] = _merge(merged[name], value)
            else:
                merged[name] = value
    return merged
