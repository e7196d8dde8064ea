"""Settings of `gaitprep synth`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field

from gaitprep.run.stage import StageConfig

Stressor = Literal["crossing", "flicker", "jitter", "low-light", "occluder", "variable-rate"]


class SynthConfig(StageConfig):
    """What is filmed. Settings that are None come from the preset.

    Attributes:
        world: the recording situation.
        preset: how much is filmed.
        seed: bodies, gaits, outfits and noise; the same seed gives the same truth to the byte.
        subjects: how many people, named 001, 002, …
        conditions, views: names of the world's walks and cameras.
        frames: length of each video.
        passers: share of walks during which other people come by, 0 to 1.
        stressors: what makes every video harder: `occluder` (a pillar before the walker), `crossing` (somebody crosses
            close to the walker), `jitter` (the camera shakes), `flicker` (the exposure does), `variable-rate` (frames
            at uneven times), `low-light` (dark and noisy).
    """

    world: Literal["indoor", "outdoor"] = "indoor"
    preset: Literal["demo", "worlds", "small", "casia-b", "ttg-200"] = "demo"
    seed: int = 1
    subjects: Annotated[int, Field(ge=1, le=9999)] | None = None
    conditions: Annotated[list[str], Field(min_length=1)] | None = None
    views: Annotated[list[str], Field(min_length=1)] | None = None
    frames: Annotated[int, Field(ge=2, le=2000)] | None = None
    passers: Annotated[float, Field(ge=0, le=1)] | None = None
    stressors: list[Stressor] = Field(default_factory=list)


@lru_cache(maxsize=1)
def presets() -> dict[str, Any]:
    """The presets: name → world → subjects, conditions, views, frames."""
    import yaml

    text = (files("gaitprep.synth") / "presets.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
