"""Networks of ultralytics: the tracked person's instance, in the crop's own geometry."""

import contextlib
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from numpy.typing import NDArray

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import import_ultralytics, preserved
from gaitprep.segment import ultralytics_models as module
from gaitprep.segment.interface import Crops, Video
from gaitprep.segment.ultralytics_models import UltralyticsSegmenter, is_sam, pick

NO_VIDEO = Video(Path("none"), 320, 240, 0, np.empty(0, np.int64), np.empty((0, 4), np.float32))


def crops(n: int = 3) -> Crops:
    """Crops of boxes 60×150 whose person is on the left."""
    rgb = np.random.default_rng(0).integers(0, 255, (n, 128, 128, 3), np.uint8)
    box = np.tile(np.float32([10, 20, 70, 170]), (n, 1))
    return Crops("0001", rgb, box, np.tile(np.float32([12, 30, 40, 160]), (n, 1)), np.arange(n))


def tiny_network(path: Path, task: str = "segment", name: str = "person") -> Path:
    """A minute YOLO with random weights that takes everything for `name`, built from ultralytics' own description."""
    ultralytics = import_ultralytics()
    kind = "-seg" if task == "segment" else ""
    source = Path(ultralytics.__file__).parent / f"cfg/models/v8/yolov8{kind}.yaml"
    description = yaml.safe_load(source.read_text())
    description["scales"] = {"n": [0.1, 0.05, 256]}
    (path.parent / f"yolov8n{kind}.yaml").write_text(yaml.safe_dump(description))
    torch.manual_seed(0)
    with preserved(), contextlib.redirect_stdout(io.StringIO()):
        model = ultralytics.YOLO(str(path.parent / f"yolov8n{kind}.yaml"), verbose=False)
        model.model.names = {index: name if index == 0 else f"thing {index}" for index in range(80)}
        for layer in model.model.model[-1].cv3:
            layer[-1].bias.data[0] = 3.0
        model.save(str(path))
    return path


def test_of_two_people_the_one_of_the_box_is_picked() -> None:
    masks = np.zeros((2, 50, 40), np.bool_)
    masks[0, :, 20:], masks[1, :, :20] = True, True
    boxes = np.float32([[20, 0, 40, 50], [0, 0, 20, 50]])
    chosen = pick(masks, boxes, np.float32([1, 2, 19, 48]))
    assert chosen is not None
    assert chosen[:, :20].all()
    assert pick(masks, boxes, np.float32([0, 0, 3, 4])) is None


class Twins:
    """A network that sees two people in every picture, the wrong one first and surer."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def predict(self, pictures: list[NDArray[np.uint8]], **options: Any) -> list[SimpleNamespace]:
        """As ultralytics does."""
        assert options["classes"] == [0]
        return [self._one(picture) for picture in pictures]

    def _one(self, picture: NDArray[np.uint8]) -> SimpleNamespace:
        self.shapes.append(picture.shape)
        height, width = picture.shape[:2]
        masks = torch.zeros(2, height, width)
        masks[0, :, width // 2 :], masks[1, :, : width // 2] = 1, 1
        xyxy = torch.tensor([[width / 2, 0, width, height], [0, 0, width / 2, height]])
        holder = type("Masks", (), {"data": masks, "__len__": lambda self: 2})()
        return SimpleNamespace(masks=holder, boxes=SimpleNamespace(xyxy=xyxy))


def test_the_tracked_person_is_segmented_in_true_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = Twins()
    monkeypatch.setattr(module, "_model", lambda path: (twins, 0))
    monkeypatch.setattr(module, "_BATCH", 2)
    with UltralyticsSegmenter(Path("x"), "cpu", 320).prepare(NO_VIDEO) as segmenter:
        masks = segmenter.masks(crops(3))
    assert twins.shapes == [(320, 128, 3)] * 3
    assert masks.shape == (3, 128, 128)
    assert (masks[:, :, :63] == 255).all()
    assert (masks[:, :, 65:] == 0).all()


class NobodyThere:
    """A network that sees nothing."""

    def predict(self, pictures: list[NDArray[np.uint8]], **options: Any) -> list[SimpleNamespace]:
        """As ultralytics does."""
        return [SimpleNamespace(masks=None, boxes=None) for _ in pictures]


def test_where_nobody_is_seen_the_mask_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_model", lambda path: (NobodyThere(), 0))
    with UltralyticsSegmenter(Path("x"), "cpu", 320).prepare(NO_VIDEO) as segmenter:
        assert not segmenter.masks(crops(2)).any()


class Prompted:
    """A SAM that fills its prompt."""

    def predict(self, picture: NDArray[np.uint8], bboxes: list[list[float]], **options: Any) -> list[SimpleNamespace]:
        """As ultralytics does."""
        assert "classes" not in options
        (box,) = bboxes
        mask = torch.zeros(1, *picture.shape[:2])
        mask[0, round(box[1]) : round(box[3]), round(box[0]) : round(box[2])] = 1
        return [SimpleNamespace(masks=type("Masks", (), {"data": mask, "__len__": lambda self: 1})(), boxes=None)]


def test_sam_is_prompted_with_the_persons_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_model", lambda path: (Prompted(), None))
    some = crops(2)
    with UltralyticsSegmenter(Path("sam"), "cpu", 320).prepare(NO_VIDEO) as segmenter:
        masks = segmenter.masks(some)
    for mask, person in zip(masks, some.person, strict=True):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        found = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        np.testing.assert_allclose(found, person, atol=1.5)


def test_a_network_as_ultralytics_builds_it_goes_through(tmp_path: Path) -> None:
    path = tiny_network(tmp_path / "tiny-seg.pt")
    with UltralyticsSegmenter(path, "cpu", 64).prepare(NO_VIDEO) as segmenter:
        masks = segmenter.masks(crops(3))
    assert masks.shape == (3, 128, 128)
    assert masks.dtype == np.uint8
    assert set(np.unique(masks)) <= {0, 255}


def test_a_network_without_masks_or_people_is_refused(tmp_path: Path) -> None:
    boxes_only = tiny_network(tmp_path / "tiny.pt", task="detect")
    with pytest.raises(WeightsError, match="gives no masks"):
        UltralyticsSegmenter(boxes_only, "cpu", 64).prepare(NO_VIDEO)
    ships = tiny_network(tmp_path / "ships-seg.pt", name="ship")
    with pytest.raises(WeightsError, match="no class 'person'"):
        UltralyticsSegmenter(ships, "cpu", 64).prepare(NO_VIDEO)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x-seg.pt").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        UltralyticsSegmenter(tmp_path / "x-seg.pt", "cpu", 64).prepare(NO_VIDEO)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("sam2_b.pt", True), ("mobile_sam.pt", True), ("FastSAM-s.pt", False), ("yolo11n-seg.pt", False)],
)
def test_sam_is_told_by_its_name(name: str, expected: bool) -> None:
    assert is_sam(Path(name)) is expected
