"""Masks by a segmentation network of ultralytics, or by SAM with the person's box as its prompt."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import import_ultralytics, preserved
from gaitprep.segment.interface import Crops, Images, Segmenter, Video, VideoSegmenter

_LEAST_OVERLAP = 0.3  # below this the instance is somebody else
_LEAST_SCORE = 0.1  # that there is a person, tracking has found already
_BATCH = 16


class UltralyticsSegmenter(Segmenter):
    """Every crop by itself, in its true shape; of several people the one whom the box is about.

    Args:
        path: checkpoint: a YOLO segmentation network, or a SAM.
        device: cpu, cuda or mps.
        image_size: side of the picture that a YOLO network sees, pixels; SAM has its own.
    """

    def __init__(self, path: Path, device: str, image_size: int) -> None:
        self._path = path
        self._device = device
        self._image_size = image_size

    def prepare(self, video: Video) -> AbstractContextManager[VideoSegmenter]:
        """See `Segmenter`.

        Raises:
            WeightsError: the file is no network that gives masks of people.
        """
        model, person = _model(self._path)
        return nullcontext(_CropByCrop(model, person, self._device, self._image_size))


def is_sam(path: Path) -> bool:
    """Whether a checkpoint is a Segment-Anything model, which ultralytics tells by the name."""
    return "sam" in path.stem.lower() and not path.stem.lower().startswith("fastsam")


@functools.lru_cache(maxsize=1)
def _model(path: Path) -> tuple[Any, int | None]:
    """The model, and the class index of people; None for SAM, which knows no classes."""
    ultralytics = import_ultralytics()
    with preserved():
        try:
            model = ultralytics.SAM(str(path)) if is_sam(path) else ultralytics.YOLO(str(path))
        except Exception as error:  # ultralytics raises whatever its unpickling meets
            raise WeightsError(
                f"{path} cannot be loaded as an ultralytics network", cause=f"{type(error).__name__}: {error}"
            ) from error
    if model.task != "segment":
        raise WeightsError(
            f"{path.name} gives no masks", cause=f"it is a network for the task {model.task!r}",
            next_step="use a segmentation network such as yolov8n-seg.pt, or a SAM",
        )  # fmt: skip
    if is_sam(path):
        return model, None
    people = [index for index, name in model.names.items() if name == "person"]
    if not people:
        raise WeightsError(
            f"{path.name} knows no class 'person'", cause=f"it knows {', '.join(map(str, model.names.values()))}"
        )
    return model, people[0]


class _CropByCrop(VideoSegmenter):
    """Crops by the batch; YOLO sees them grey-padded to one square size, SAM one by one with its prompt."""

    def __init__(self, model: Any, person: int | None, device: str, image_size: int) -> None:
        self._model = model
        self._side = image_size
        options = {"device": device, "verbose": False, "save": False}
        if person is None:
            self._options, self._batch = options, 1
        else:
            network = {"imgsz": image_size, "classes": [person], "conf": _LEAST_SCORE, "retina_masks": True}
            self._options, self._batch = {**options, **network}, _BATCH

    def masks(self, crops: Crops) -> Images:
        found = np.zeros(crops.rgb.shape[:3], np.uint8)
        for start in range(0, len(crops), self._batch):
            rows = range(start, min(start + self._batch, len(crops)))
            pictures = [self._picture(crops.rgb[row], crops.size[row]) for row in rows]
            scales = [np.tile(np.array(p.shape[1::-1], np.float32) / crops.rgb.shape[1], 2) for p in pictures]
            people = [crops.person[row] * scale for row, scale in zip(rows, scales, strict=True)]
            for row, mask in zip(rows, self._find(pictures, people), strict=True):
                if mask is not None:
                    shrunk = cv2.resize(mask.astype(np.float32), crops.rgb.shape[1:3], interpolation=cv2.INTER_AREA)
                    found[row][shrunk > 0.5] = 255
        return found

    def _picture(self, crop: Images, size: NDArray[np.float32]) -> Images:
        """The crop in its true shape, its long side as long as the network's picture, BGR."""
        width, height = np.maximum(np.round(size * self._side / size.max()), 8).astype(int).tolist()
        return np.asarray(cv2.cvtColor(cv2.resize(crop, (width, height)), cv2.COLOR_RGB2BGR), np.uint8)

    def _find(self, pictures: list[Images], people: list[NDArray[np.float32]]) -> Iterator[NDArray[np.bool_] | None]:
        is_prompted = "classes" not in self._options
        prompt = {"bboxes": [person.tolist() for person in people]} if is_prompted else {}
        with preserved():
            results = self._model.predict(pictures[0] if is_prompted else pictures, **prompt, **self._options)
        for result, person in zip(results, people, strict=True):
            if result.masks is None or not len(result.masks):
                yield None
            else:
                masks = result.masks.data.cpu().numpy() > 0.5
                yield masks[0] if is_prompted else pick(masks, result.boxes.xyxy.cpu().numpy(), person)


def pick(masks: NDArray[np.bool_], boxes: NDArray[np.float32], person: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """The instance whose box agrees best with the person's; None when none agrees enough.

    Args:
        masks: `[k, h, w]` of the instances; boxes: `[k, 4]` xyxy; person: `[4]` xyxy.
    """
    low = np.maximum(boxes[:, :2], person[:2])
    high = np.minimum(boxes[:, 2:], person[2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(person[2:] - person[:2])
    overlap = common / np.maximum(areas - common, 1e-6)
    best = int(overlap.argmax())
    return masks[best] if overlap[best] >= _LEAST_OVERLAP else None
