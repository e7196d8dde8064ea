"""Judging frames: which are valid, why not, and how good they are. Nothing is dropped here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitprep.align.config import FINDINGS, AlignConfig, Finding
from gaitprep.align.measure import Measures

REASONS = ("valid", *FINDINGS)
"""Names of the reason codes."""

_FULL_HEIGHT = 64.0  # a body with fewer source rows than the silhouette has is blurred by enlargement


@dataclass(frozen=True)
class Judgement:
    """The verdict on each frame.

    Attributes:
        valid: `[n]` bool.
        reason: `[n]` u1, index into `REASONS`; 0 exactly where valid.
        quality: `[n]` f4 in [0, 1]; falls with every finding, also with those that leave the frame valid.
    """

    valid: NDArray[np.bool_]
    reason: NDArray[np.uint8]
    quality: NDArray[np.float32]

    def counts(self) -> dict[str, int]:
        """Number of frames by reason, without the valid ones and the zeros."""
        found = np.bincount(self.reason, minlength=len(REASONS))
        return {name: int(n) for name, n in zip(REASONS, found, strict=True) if n and name != "valid"}


def judge(
    measures: Measures,
    score: NDArray[np.float32],
    config: AlignConfig,
    certainty: NDArray[np.float32] | None = None,
) -> Judgement:
    """Judges the frames of one tracklet, in order of time.

    Quality is a product: the share of the largest component; likeness of the body's area to its neighbours'; source
    rows of the body over 64; how far the mask fills the crop as a body does (between 12 % and 70 %); half where an edge
    cuts the body; 0.7 where the box was interpolated; where a mask is doubtful, the square of its certainty over the
    least that is not. It is 0 where there are fewer than `min_pixels` pixels.

    Args:
        measures: of all frames of the tracklet.
        score: `[n]` f4, confidence of the detection, 0 where the box was interpolated.
        config: thresholds, and which findings are fatal.
        certainty: `[n]` f4, how sure the segmenter is; all are sure if None.
    """
    sure = np.ones(len(score), np.float32) if certainty is None else certainty
    likeness = area_likeness(measures.body_area, config.neighbours)
    findings: dict[Finding, NDArray[np.bool_]] = {
        "empty mask": measures.pixels == 0,
        "few pixels": measures.pixels < config.min_pixels,
        "cut by the frame": measures.cut_by_frame,
        "cut by the crop": measures.cut_by_crop,
        "fragmented": measures.largest < config.min_largest,
        "area jump": likeness < 1 / config.max_area_jump,
        "interpolated box": score <= 0,
        "doubtful mask": sure < config.min_certainty,
    }
    reason = np.zeros(len(score), np.uint8)
    for code, name in reversed(list(enumerate(FINDINGS, start=1))):
        if name in config.invalid:
            reason[findings[name]] = code
    quality = (
        measures.largest
        * likeness
        * np.minimum(measures.body_height / _FULL_HEIGHT, 1)
        * np.clip(np.minimum(measures.fill / 0.12, (1 - measures.fill) / 0.30), 0, 1)
        * np.where(measures.cut_by_frame | measures.cut_by_crop, 0.5, 1)
        * np.where(findings["interpolated box"], 0.7, 1)
        * np.minimum(sure / config.min_certainty, 1) ** 2
    )
    quality[findings["few pixels"]] = 0
    return Judgement(valid=reason == 0, reason=reason, quality=quality.astype(np.float32))


def area_likeness(area: NDArray[np.float64], neighbours: int) -> NDArray[np.float64]:
    """How like each area is to the median of its neighbours in time: the smaller over the larger, `[n]` in [0, 1].

    Empty frames are no neighbours. A frame without neighbours is like itself.
    """
    if len(area) == 0:
        return area
    known = np.where(area > 0, area, np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(known, neighbours, constant_values=np.nan), 2 * neighbours + 1
    )
    others = np.sort(np.delete(windows, neighbours, axis=1), axis=1)  # nan goes last
    count = np.isfinite(others).sum(axis=1)
    rows = np.arange(len(area))
    upper = np.minimum(count // 2, others.shape[1] - 1)
    median = (others[rows, np.maximum(count - 1, 0) // 2] + others[rows, upper]) / 2
    median = np.where(count > 0, median, area)
    larger = np.maximum(area, median)
    return np.divide(np.minimum(area, median), larger, out=np.ones_like(area), where=larger > 0)
