"""Settings of the align stage."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from gaitprep.run.stage import StageConfig

Finding = Literal[
    "empty mask",
    "few pixels",
    "cut by the frame",
    "cut by the crop",
    "fragmented",
    "area jump",
    "interpolated box",
    "doubtful mask",
]
FINDINGS: tuple[Finding, ...] = get_args(Finding)
"""What can be wrong with a frame, gravest first; the reason code of a frame is the position here + 1."""


class AlignConfig(StageConfig):
    """How silhouettes are normalised and which frames count as valid.

    Attributes:
        width: columns of a silhouette (its rows are 64): 44 as networks take it, or the field's older 64.
        invalid: findings that make a frame invalid; the others only lower its quality.
        min_pixels: white pixels of a mask below which there is nothing to recognise (the field's rule).
        min_largest: share of the foreground that the largest component must hold.
        max_area_jump: factor by which the body's area may differ from the median of its neighbours in time.
        neighbours: frames on either side that make up this median.
        min_certainty: how sure the segmenter must be of a mask (`segment` notes it) for it not to be doubtful.
    """

    width: Literal[44, 64] = 44
    invalid: tuple[Finding, ...] = (
        "empty mask",
        "few pixels",
        "cut by the frame",
        "fragmented",
        "area jump",
    )
    min_pixels: int = Field(default=40, ge=1)
    min_largest: float = Field(default=0.8, gt=0, le=1)
    max_area_jump: float = Field(default=1.8, gt=1)
    neighbours: int = Field(default=6, ge=1)
    min_certainty: float = Field(default=0.7, gt=0, le=1)
