"""Choosing the frames of a tracklet that a picture shows, and encoding pictures."""

from __future__ import annotations

import cv2
import numpy as np

from gaitprep.report.draw import Image
from gaitprep.report.sheet import SheetFrames
from gaitprep.work.file import TrackletReader


def choose_frames(
    track: TrackletReader,
    mask: TrackletReader | None,
    aligned: TrackletReader | None,
    columns: int,
    *,
    valid_only: bool = False,
) -> SheetFrames:
    """At most `columns` frames of a tracklet, evenly spread, with what has been made of them.

    Args:
        track, mask, aligned: the tracklet in the work files of these stages; None where not made yet.
        columns: how many frames at most.
        valid_only: leave out frames that are not valid, unless none is.
    """
    candidates = np.arange(track.length)
    if valid_only and aligned is not None and aligned["valid"][...].any():
        candidates = np.flatnonzero(aligned["valid"][...])
    places = np.linspace(0, len(candidates) - 1, min(columns, len(candidates))).round().astype(np.int64)
    rows = candidates[np.unique(places)]
    verdict = None
    if aligned is not None:
        names = aligned.attributes["reasons"]
        verdict = [names[code] for code in aligned["reason"][...][rows]]
    return SheetFrames(
        rgb=track["rgb"][rows],
        ratio=track["ratio"][...][rows],
        frame=track["frame"][...][rows],
        mask=mask["mask"][rows] if mask is not None else None,
        silhouette=aligned["silhouette"][rows] if aligned is not None else None,
        verdict=verdict,
    )


def png(image: Image) -> bytes:
    """An RGB image as PNG."""
    done, data = cv2.imencode(".png", np.ascontiguousarray(image[:, :, ::-1]))
    if not done:
        raise OSError("OpenCV could not encode a PNG")
    return bytes(data)
