"""Were the right tracklets chosen: coverage and purity, and whom a tracklet shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitprep.score.compare import Comparison


@dataclass(frozen=True)
class Choice:
    """What the chosen tracklets of one video are worth.

    Attributes:
        coverage: share of the frames in which a sought person counts that one chosen tracklet shows, one number per
            sought person (the tracklet that shows most of them).
        purity: share of a chosen tracklet's boxes that show the person whom it shows most, by tracklet.
        shows: that person, None where a tracklet shows nobody.
    """

    coverage: dict[str, float]
    purity: dict[str, float]
    shows: dict[str, str | None]


def judge_choice(comparison: Comparison, overlap: float, sought: str | None) -> Choice:
    """Judges the tracklets that were kept.

    Args:
        comparison: with all tracklets, kept and rejected.
        overlap: IoU from which a box shows a person.
        sought: the walker, or None where everybody is sought.
    """
    hits = comparison.hits(overlap)
    drawn = np.bincount(np.concatenate([*comparison.found, np.empty(0, np.int64)]), minlength=len(comparison.tracklets))
    kept = [k for k, tracklet in enumerate(comparison.tracklets) if tracklet.kept]
    coverage, purity, shows = {}, {}, {}
    for number, person in enumerate(comparison.people):
        frames = int(person.counted.sum())
        if frames and sought in (None, person.name):
            coverage[person.name] = float(hits[number, kept].max(initial=0) / frames)
    for k in kept:
        name, most = comparison.tracklets[k].name, int(hits[:, k].max(initial=0))
        # Boxes that only ever lie on people who do not count say nothing for or against the tracklet.
        if drawn[k]:
            purity[name] = float(most / drawn[k])
        shows[name] = comparison.people[int(hits[:, k].argmax())].name if most else None
    return Choice(coverage, purity, shows)
