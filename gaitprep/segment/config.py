"""Settings of the segment stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gaitprep.run.stage import StageConfig


class SegmentConfig(StageConfig):
    """How reference masks are made.

    Attributes:
        method: `auto` for the bundled network, with a light share of the background where the camera stands still;
            `background` for still cameras without a network, `ultralytics` for a segmentation network or SAM by name
            or path, `unet` for any network that gaitprep trained, crop by crop.
        model: the network: name or path for `ultralytics`; a checkpoint that gaitprep trained, or `bundled-fine` or
            `bundled-small`, for `auto` and `unet`, which take `bundled-fine` by themselves.
        model_digest: SHA-256 that its weights must have; filled in when the stage is set up.
        device: where a network runs; `auto` is filled in with what the machine has.
        precision: number format of `auto` and `unet`; `auto` takes bf16 where the device computes in it.
        threshold: probability from which a pixel is body (`auto`, `unet`).
        image_size: side of the picture that a YOLO network of `ultralytics` sees, pixels; SAM has its own.
    """

    method: Literal["auto", "background", "ultralytics", "unet"] = "auto"
    model: str | None = None
    model_digest: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    threshold: float = Field(default=0.5, gt=0, lt=1)
    image_size: int = Field(default=320, ge=64, multiple_of=32)
