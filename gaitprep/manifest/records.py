"""One row of a manifest: a video and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

People = Literal["one", "many"]


@dataclass(frozen=True)
class VideoRecord:
    """A source video.

    Attributes:
        video_id: stable name: the path under the source root without suffix.
        path: where the file is.
        dataset: name of the protocol that it was scanned by, "" for none.
        subject, condition, view: labels, None where unlabelled.
        people: `one` when the labels speak of the one walker in it.
        problem: why it cannot be processed, None where nothing is known against it.
    """

    video_id: str
    path: Path
    dataset: str = ""
    subject: str | None = None
    condition: str | None = None
    view: str | None = None
    people: People = "many"
    problem: str | None = None
