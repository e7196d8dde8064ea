"""Detections of one video → tracklets, by ByteTrack (Zhang et al., ECCV 2022)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import ByteTrackTracker

from gaitprep.track.beginnings import reach_back
from gaitprep.track.config import TrackConfig
from gaitprep.track.tracklet import Tracklet

_BUFFER_RATE = 30  # `lost_track_buffer` counts frames of 30/s whatever the frame rate


class Associator:
    """Follows people through one video. Feed it frame by frame, then ask for the tracklets.

    Args:
        fps: nominal frame rate, 1/s; how far apart frames really are comes from their times.
        config: scores and patience.
    """

    def __init__(self, fps: float, config: TrackConfig) -> None:
        self._tracker = ByteTrackTracker(
            lost_track_buffer=round(config.lost_seconds * _BUFFER_RATE),
            frame_rate=fps,
            track_activation_threshold=config.score_start,
            minimum_consecutive_frames=1,
            high_conf_det_threshold=config.score_high,
        )
        self._pts: list[float] = []
        self._spare: dict[int, NDArray[np.float32]] = {}
        self._rows: dict[int, list[tuple[int, NDArray[np.float32]]]] = defaultdict(list)
        self._beginnings: dict[int, tuple[Any, int, NDArray[np.float32]]] = {}

    def update(self, frame: int, pts: float, detections: NDArray[np.float32]) -> None:
        """Takes the detections of the next frame.

        Args:
            frame: its index.
            pts: its presentation time, s, later than that of the frame before.
            detections: `[k, 5]` float32 x1, y1, x2, y2 (source pixels) and score.
        """
        found = sv.Detections(
            xyxy=detections[:, :4], confidence=detections[:, 4], data={"row": np.arange(len(detections))}
        )
        tracked = self._tracker.update(found, timestamp=pts)
        spare = np.ones(len(detections), bool)
        if len(tracked):
            for row, identity in zip(tracked.data["row"], tracked.tracker_id, strict=True):
                if identity >= 0:
                    self._rows[int(identity)].append((frame, detections[row]))
                    spare[row] = False
        if spare.any():
            self._spare[frame] = detections[spare]
        self._pts.append(pts)
        self._note_beginnings(frame, detections)

    def _note_beginnings(self, frame: int, detections: NDArray[np.float32]) -> None:
        # ByteTrack gives a tracklet its number at the second detection only; the first one has none. A new track's
        # state is exactly the box that began it, so that box is found again here and put in front later.
        beginnings = {}
        for track in self._tracker.tracks:
            if track.tracker_id >= 0:
                if id(track) in self._beginnings:
                    _, began, detection = self._beginnings[id(track)]
                    self._rows[track.tracker_id].insert(0, (began, detection))
            elif id(track) in self._beginnings:
                beginnings[id(track)] = self._beginnings[id(track)]
            elif len(detections):
                distance = np.abs(detections[:, :4] - track.get_state_bbox()[None]).max(axis=1)
                # The track is held too, so that its id() stays its own.
                beginnings[id(track)] = (track, frame, detections[int(distance.argmin())])
        self._beginnings = beginnings

    def tracklets(self) -> list[Tracklet]:
        """All tracklets of two frames or more, in order of appearance."""
        sure = []
        for rows in sorted(self._rows.values(), key=lambda rows: (rows[0][0], *rows[0][1][:2].tolist())):
            values = np.stack([detection for _, detection in rows])
            frames = np.array([frame for frame, _ in rows], np.int64)
            sure.append(Tracklet("", frames, values[:, :4], values[:, 4]))
        whole = reach_back(sure, self._spare, np.array(self._pts))
        whole.sort(key=lambda tracklet: (tracklet.first, *tracklet.boxes[0, :2].tolist()))
        names = [f"{number:04d}" for number in range(1, len(whole) + 1)]
        return [replace(tracklet, name=name, parts=(name,)) for tracklet, name in zip(whole, names, strict=True)]
