"""The segmenter that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.interface import Segmenter


def make_segmenter(config: SegmentConfig, weights: Path | None) -> Segmenter:
    """Makes the segmenter of a resolved config; libraries that it does not need are not imported.

    Args:
        config: with device, precision and digest filled in.
        weights: file of its network; None for a method without one.
    """
    if config.method == "background" or weights is None:
        from gaitprep.segment.background import BackgroundSegmenter

        return BackgroundSegmenter()
    bf16 = config.precision == "bf16"
    if config.method == "auto":
        from gaitprep.segment.auto import AutoSegmenter

        return AutoSegmenter(weights, config.device, bf16=bf16, threshold=config.threshold)
    if config.method == "unet":
        from gaitprep.segment.network import NetworkSegmenter

        return NetworkSegmenter(weights, config.device, bf16=bf16, threshold=config.threshold)
    from gaitprep.segment.ultralytics_models import UltralyticsSegmenter

    return UltralyticsSegmenter(weights, config.device, config.image_size)
