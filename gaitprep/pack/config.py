"""Settings of `gaitprep pack`."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from gaitprep.run.stage import StageConfig
from gaitprep.store.codecs import CodecName
from gaitprep.store.schema import ARRAYS, SHARD_FRAMES, ArraySpec, with_layout


class ArrayLayout(StageConfig):
    """How one array of pictures is stored.

    Attributes:
        chunk_frames: frames that are encoded together, the least that a reader decodes.
        codec: `raw`, `zstd`, `zstd-by-pixel`, `zstd-by-column` or `zstd-by-bit`.
    """

    chunk_frames: int = Field(ge=1)
    codec: CodecName


_DEFAULT = {
    spec.name: ArrayLayout(chunk_frames=spec.chunk_frames, codec=spec.codec)
    for spec in ARRAYS
    if spec.name in ("rgb", "mask", "silhouette")
}


class PackConfig(StageConfig):
    """Settings of pack.

    Attributes:
        shard_frames: frames in one stored object of every array; 960 crops are 47 MB.
        min_valid_frames: a sequence with fewer valid frames is left out, and listed as excluded.
        rgb, mask, silhouette: how they are stored.
    """

    shard_frames: int = Field(SHARD_FRAMES, ge=1)
    min_valid_frames: int = Field(1, ge=1)
    rgb: ArrayLayout = _DEFAULT["rgb"]
    mask: ArrayLayout = _DEFAULT["mask"]
    silhouette: ArrayLayout = _DEFAULT["silhouette"]

    @field_validator(*_DEFAULT, mode="before")
    @classmethod
    def _keep_what_is_not_named(cls, value: Any, info: ValidationInfo) -> Any:
        return {**_DEFAULT[str(info.field_name)].model_dump(), **value} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _chunks_fill_shards(self) -> PackConfig:
        for name in _DEFAULT:
            if self.shard_frames % getattr(self, name).chunk_frames:
                raise ValueError(f"shard_frames {self.shard_frames} is no multiple of {name}.chunk_frames")
        return self

    def arrays(self) -> tuple[ArraySpec, ...]:
        """The arrays of the store in this layout."""
        pictures = {name: getattr(self, name) for name in _DEFAULT}
        layouts = {name: (layout.chunk_frames, layout.codec) for name, layout in pictures.items()}
        return with_layout(ARRAYS, self.shard_frames, layouts)
