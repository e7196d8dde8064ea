"""Settings are made exact, or refused with what to do."""

from pathlib import Path
from typing import Literal

import pytest

from gaitprep.errors import UsageError, WeightsError
from gaitprep.run.digest import digest_file
from gaitprep.segment.auto import AutoSegmenter
from gaitprep.segment.background import BackgroundSegmenter
from gaitprep.segment.choose import make_segmenter
from gaitprep.segment.config import SegmentConfig
from gaitprep.segment.network import NetworkSegmenter
from gaitprep.segment.resolve import resolve


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file that stands for weights."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    return path


def test_background_needs_nothing_and_does_not_depend_on_the_machine() -> None:
    config, path = resolve(SegmentConfig(method="background", device="auto"))
    assert (config.device, config.precision, path) == ("cpu", "fp32", None)
    assert isinstance(make_segmenter(config, path), BackgroundSegmenter)


def test_background_with_a_network_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="uses no network"):
        resolve(SegmentConfig(method="background", model="yolov8n-seg.pt"))


@pytest.mark.parametrize(("method", "kind"), [("auto", AutoSegmenter), ("unet", NetworkSegmenter)])
@pytest.mark.parametrize("model", [None, "bundled-fine", "bundled-small"])
def test_a_network_comes_along(method: Literal["auto", "unet"], kind: type, model: str | None) -> None:
    config, path = resolve(SegmentConfig(method=method, model=model, device="cpu"))
    assert config.model == (model or "bundled-fine")
    assert config.model_digest == digest_file(path or Path())
    assert isinstance(make_segmenter(config, path), kind)


def test_auto_is_the_default() -> None:
    assert SegmentConfig().method == "auto"


def test_ultralytics_needs_a_network_by_name() -> None:
    with pytest.raises(UsageError, match="needs a network") as caught:
        resolve(SegmentConfig(method="ultralytics"))
    assert "--model" in caught.value.next_step


def test_weights_count_by_content_not_by_place(weights: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "b" / weights.name
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(weights.read_bytes())
    one, path = resolve(SegmentConfig(method="unet", model=str(weights), device="cpu"))
    other, _ = resolve(SegmentConfig(method="unet", model=str(elsewhere), device="cpu"))
    assert one == other
    assert one.model_digest == digest_file(weights)
    assert one.precision in ("bf16", "fp32")
    assert isinstance(make_segmenter(one, path), NetworkSegmenter)


def test_other_weights_than_asked_for_are_refused(weights: Path) -> None:
    with pytest.raises(WeightsError, match="digest"):
        resolve(SegmentConfig(method="unet", model=str(weights), model_digest="0" * 64))


def test_a_missing_checkpoint_says_how_to_get_one() -> None:
    with pytest.raises(WeightsError, match="no checkpoint") as caught:
        resolve(SegmentConfig(method="unet", model="nowhere/model.safetensors"))
    assert "gaitprep train segmentation" in caught.value.next_step


def test_a_device_that_is_not_there_is_refused(weights: Path) -> None:
    with pytest.raises(UsageError, match="no device"):
        resolve(SegmentConfig(method="unet", model=str(weights), device="mps"))
