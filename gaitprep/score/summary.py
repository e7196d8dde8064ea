"""Scores of many videos → figures: overall, and by world, view, condition and stressor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.score.tracking import add_up

GROUPINGS = ("world", "view", "condition", "stressor")
PLAIN = "none"
"""The stressor of videos that have none."""

Score = Mapping[str, Any]
Figures = dict[str, float | None]


@dataclass(frozen=True)
class Target:
    """What a world must reach with the default settings, and whether it does."""

    world: str
    figure: str
    least: float
    found: float

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.found >= self.least


TARGETS: Mapping[str, Mapping[str, float]] = {
    "indoor": {"IDF1": 0.97, "silhouette": 0.90},
    "outdoor": {"IDF1": 0.90, "silhouette": 0.85},
}


def figures(scores: Sequence[Score]) -> Figures:
    """The figures of some videos; `docs/scores.md` explains each. None where there is nothing to say.

    Tracking metrics are over all boxes of all videos; coverage is the mean over people, purity over tracklets, the
    others over frames.
    """
    found: Figures = {"videos": float(len(scores)), **add_up(score["tracking"] for score in scores)}
    for name in ("coverage", "purity"):
        found[name] = _mean([value for score in scores for value in score["tracking"][name].values()])
    frames = [score["frames"] for score in scores if "frames" in score]
    masks = _column(frames, "iou")
    silhouettes, valid = _column(frames, "silhouette"), _column(frames, "valid")
    usable = silhouettes[valid == 1]
    return {
        **found,
        "mask": _mean(masks),
        "mask_median": float(np.median(masks)) if len(masks) else None,
        "mask_p10": _low(masks),
        "boundary": _mean(_column(frames, "boundary")),
        "silhouette": _mean(usable),
        "silhouette_p10": _low(usable),
        "invalid": float((valid == 0).mean()) if len(valid) else None,
    }


def group(scores: Iterable[Score], by: str) -> dict[str, list[Score]]:
    """Scores by `world`, `view`, `condition` or `stressor`, in order of name; several stressors count in each."""
    groups: dict[str, list[Score]] = {}
    for score in scores:
        names = (score["stressors"] or [PLAIN]) if by == "stressor" else [score[by]]
        for name in names:
            groups.setdefault(name, []).append(score)
    return {name: groups[name] for name in sorted(groups, key=lambda name: (name != PLAIN, name))}


def targets(scores: Sequence[Score]) -> list[Target]:
    """The targets of the worlds that are there, over all of their videos."""
    found = []
    for world, members in group(scores, "world").items():
        reached = figures(members)
        for figure, least in TARGETS.get(world, {}).items():
            value = reached[figure]
            if value is not None:
                found.append(Target(world, figure, least, value))
    return found


def as_json(scores: Sequence[Score], failed: Mapping[str, str]) -> dict[str, Any]:
    """All figures as JSON values, with a row for each video.

    Args:
        scores: of the videos that could be scored.
        failed: why the others could not.
    """
    labels = ("video", "world", "condition", "view", "stressors")
    return {
        "overall": rounded(figures(scores)),
        "by": {
            by: {name: rounded(figures(members)) for name, members in group(scores, by).items()} for by in GROUPINGS
        },
        "targets": [
            {"world": t.world, "figure": t.figure, "least": t.least, "found": round(t.found, 4), "met": t.met}
            for t in targets(scores)
        ],
        "videos": [{**{name: score[name] for name in labels}, **rounded(figures([score]))} for score in scores],
        "failed": dict(failed),
    }


def rounded(values: Figures) -> Figures:
    """To four decimals."""
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def _column(frames: Sequence[Mapping[str, list[Any]]], name: str) -> NDArray[np.float64]:
    """A column over all tracklets without the frames in which nobody counts."""
    parts = []
    for rows in frames:
        if name not in rows:
            continue
        sought = rows["silhouette"] if name == "valid" else rows[name]
        parts += [float(value) for value, scored in zip(rows[name], sought, strict=True) if scored is not None]
    return np.array(parts, np.float64)


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _low(values: NDArray[np.float64]) -> float | None:
    return float(np.quantile(values, 0.1)) if len(values) else None
