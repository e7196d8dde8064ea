"""Which tracklets are kept, and why the others are not. Pure functions on boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitprep.manifest.records import People
from gaitprep.track.config import TrackConfig
from gaitprep.track.motion import travel
from gaitprep.track.pieces import join_pieces
from gaitprep.track.steady import steady
from gaitprep.track.tracklet import Tracklet
from gaitprep.track.untangle import untangle

_BORDER = 2.0


@dataclass(frozen=True)
class View:
    """What boxes lie in.

    Attributes:
        width, height: size of the video, pixels.
        pts: `[m]` presentation time of every frame, s.
    """

    width: int
    height: int
    pts: NDArray[np.float64]


@dataclass(frozen=True)
class Rejected:
    """A tracklet that is not kept.

    Attributes:
        tracklet: its boxes.
        reason: why, for people.
        person: whether somebody was there all the same (another person, not noise).
    """

    tracklet: Tracklet
    reason: str
    person: bool = False

    def as_json(self) -> dict[str, object]:
        """Name, extent and reason."""
        return {
            "tracklet": self.tracklet.name,
            "frames": len(self.tracklet),
            "first": self.tracklet.first,
            "last": self.tracklet.last,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Choice:
    """What became of the tracklets of a video, each in order of appearance."""

    kept: list[Tracklet]
    rejected: list[Rejected]


def choose(tracklets: list[Tracklet], view: View, people: People, config: TrackConfig) -> Choice:
    """Keeps the walker of a one-person video, or all who pass the rules in any other.

    People who changed tracklets when they met are put right first, and boxes that misfit their tracklet last. Between,
    pieces of one person are joined, over gaps of up to `join_seconds` in a video of one person and `join_many_seconds`
    in any other, and the rules are applied. The walker is the person who covers the longest way (in body heights, plus
    a half for being there at all), weighted by height and by the square of the time: others come by while the walker
    is there throughout.
    """
    tracklets = untangle(tracklets, view.pts)
    if people == "one":
        choice = _choose_walker(join_pieces(tracklets, view.pts, config.join_seconds), view, config)
    else:
        choice = Choice(*_apply_rules(join_pieces(tracklets, view.pts, config.join_many_seconds), view, config))
    return replace(choice, kept=[steady(kept, view.pts, at_border(kept, view)) for kept in choice.kept])


def _choose_walker(people: list[Tracklet], view: View, config: TrackConfig) -> Choice:
    kept, rejected = _apply_rules(people, view, config)
    if not kept:
        return Choice([], rejected)
    walker = max(kept, key=lambda tracklet: _prominence(tracklet, view))
    others = [Rejected(t, f"another person than the walker {walker.name}", True) for t in kept if t is not walker]
    return Choice([walker], sorted([*rejected, *others], key=lambda other: other.tracklet.name))


def _prominence(tracklet: Tracklet, view: View) -> float:
    return len(tracklet) ** 2 * tracklet.height * (0.5 + travel(tracklet, view.width))


Rule = Callable[[Tracklet, View, TrackConfig], str | None]


def _too_short(tracklet: Tracklet, view: View, config: TrackConfig) -> str | None:
    if len(tracklet) >= config.minimum_frames:
        return None
    return f"seen in {len(tracklet)} frames, fewer than {config.minimum_frames}"


def _too_small(tracklet: Tracklet, view: View, config: TrackConfig) -> str | None:
    if tracklet.height >= config.minimum_height:
        return None
    return f"{tracklet.height:.0f} pixels high, less than {config.minimum_height:.0f}"


def _cut_by_border(tracklet: Tracklet, view: View, config: TrackConfig) -> str | None:
    share = border_share(tracklet, view)
    if share <= config.maximum_border:
        return None
    return f"cut by the picture's border in {share:.0%} of its frames, more than {config.maximum_border:.0%}"


def _stands(tracklet: Tracklet, view: View, config: TrackConfig) -> str | None:
    way = travel(tracklet, view.width) if config.minimum_travel else 0.0
    if way >= config.minimum_travel:
        return None
    return f"covers {way:.1f} body heights, less than {config.minimum_travel:.1f}"


_RULES: tuple[Rule, ...] = (_too_short, _too_small, _cut_by_border, _stands)


def _apply_rules(tracklets: list[Tracklet], view: View, config: TrackConfig) -> tuple[list[Tracklet], list[Rejected]]:
    kept, rejected = [], []
    for tracklet in tracklets:
        reasons = [reason for rule in _RULES if (reason := rule(tracklet, view, config))]
        if reasons:
            # Who fails only for standing or for the border is a person all the same.
            seen = len(tracklet) >= config.minimum_frames and tracklet.height >= config.minimum_height
            rejected.append(Rejected(tracklet, "; ".join(reasons), seen))
        else:
            kept.append(tracklet)
    return kept, rejected


def border_share(tracklet: Tracklet, view: View) -> float:
    """Share of frames in which the box reaches the picture's border."""
    return float(at_border(tracklet, view).mean())


def at_border(tracklet: Tracklet, view: View) -> NDArray[np.bool_]:
    """`[n]`: whether a box reaches the picture's border (within 2 pixels)."""
    boxes = tracklet.boxes
    limits = np.array([view.width, view.height], np.float32) - _BORDER
    return np.asarray((boxes[:, :2] <= _BORDER).any(axis=1) | (boxes[:, 2:] >= limits).any(axis=1))
