"""Settings of the pictures."""

from __future__ import annotations

from pydantic import Field

from gaitprep.run.stage import StageConfig


class SheetConfig(StageConfig):
    """Settings of contact sheets.

    Attributes:
        columns: frames that a sheet shows, evenly spread over the sequence.
    """

    columns: int = Field(14, ge=1, le=60)


class PreviewConfig(StageConfig):
    """Settings of previews.

    Attributes:
        max_height: larger videos are scaled down to it, pixels.
    """

    max_height: int = Field(720, ge=64)
