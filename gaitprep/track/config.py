"""Settings of the track stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gaitprep.models.weights import DETECTOR
from gaitprep.run.stage import StageConfig


class TrackConfig(StageConfig):
    """How people are found, followed, chosen and cut out.

    Attributes:
        decoder: library that decodes the video.
        model: ultralytics detection model, by name or path.
        model_digest: SHA-256 that its weights must have; filled in when the stage is set up.
        device: where the network runs; `auto` is filled in with what the machine has.
        precision: number format of the network; `auto` takes bf16 where the device computes in it.
        image_size: long side of the picture that the network sees, pixels; `auto` goes by the video's size.
        overlap: IoU above which two detections are one person (non-maximum suppression).
        score_low: detections below this do not count at all.
        score_high: detections from here on are matched to tracklets first (ByteTrack).
        score_start: detections from here on can begin a tracklet.
        lost_seconds: how long a tracklet waits for its person to be seen again, s.
        join_seconds: longest gap over which pieces of one walker are joined in a video of one person, s; 0 joins none.
        join_many_seconds: the same where there may be several people.
        minimum_frames: shortest tracklet that is kept.
        minimum_height: least median height of a person, source pixels.
        maximum_border: greatest share of frames in which the box touches the picture's border.
        minimum_travel: least way, in body heights; 0 keeps those who stand, too.
        margin: what a crop adds to the box on each side, as a share of the box's side.
    """

    decoder: Literal["pyav", "opencv"] = "pyav"
    model: str = DETECTOR
    model_digest: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    image_size: Literal["auto"] | Annotated[int, Field(ge=32, le=8192)] = "auto"
    overlap: float = Field(default=0.7, gt=0, le=1)
    score_low: float = Field(default=0.1, ge=0, le=1)
    score_high: float = Field(default=0.4, ge=0, le=1)
    score_start: float = Field(default=0.5, ge=0, le=1)
    lost_seconds: float = Field(default=1.0, ge=0)
    join_seconds: float = Field(default=2.0, ge=0)
    join_many_seconds: float = Field(default=1.0, ge=0)
    minimum_frames: int = Field(default=15, ge=1)
    minimum_height: float = Field(default=40.0, ge=0)
    maximum_border: float = Field(default=0.5, ge=0, le=1)
    minimum_travel: float = Field(default=0.0, ge=0)
    margin: float = Field(default=0.08, ge=0)
