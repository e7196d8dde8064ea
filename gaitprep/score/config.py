"""Settings of `gaitprep score`."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from gaitprep.run.stage import StageConfig

Part = Literal["track", "segment", "align"]
PARTS: tuple[Part, ...] = get_args(Part)


class ScoreConfig(StageConfig):
    """What is compared with the truth, and what counts as right.

    Attributes:
        parts: stages whose results are compared.
        overlap: IoU from which a box shows a person (MOTChallenge's).
        least_seen: share of a person's pixels that others must leave to be seen for the person to count in a frame.
        least_height: of the part of a person that is seen, pixels; who is smaller does not count (KITTI's).
        tolerance: how far apart two outlines may lie to agree, pixels of the crop; DAVIS' 0.008 of the diagonal,
            rounded up, is 2 for a crop of 128×128.
    """

    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = PARTS
    overlap: float = Field(default=0.5, gt=0, le=1)
    least_seen: float = Field(default=0.25, ge=0, le=1)
    least_height: float = Field(default=25.0, ge=0)
    tolerance: float = Field(default=2.0, ge=0)
