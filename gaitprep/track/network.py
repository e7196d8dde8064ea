"""The bare detection network, made fast: fused, bfloat16, channels last, and boxes decoded in float32 all the same."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import load_network

_HEADS = ("Detect", "v10Detect")
_MOST = 300


class BareNetwork:
    """An ultralytics network whose head gives boxes and class scores (v8 to 26, also end-to-end ones).

    On the CPU pictures go through it in pieces of four, each by one thread, several pieces at a time: the sums in a
    convolution, and so the bytes of the output, would otherwise depend on how many threads share them.

    Args:
        path: checkpoint.
        device: `cpu`, `cuda` or `mps`.
        bf16: whether convolutions run in bfloat16.

    Raises:
        WeightsError: the checkpoint cannot be loaded, or has no class `person`.
    """

    def __init__(self, path: Path, device: str, *, bf16: bool) -> None:
        self._network, names = load_network(path)
        self.person = person_class(names, path)
        self.piece = 4 if device == "cpu" else 16
        self._classes = len(names)
        self._device = torch.device(device)
        self._dtype = torch.bfloat16 if bf16 else torch.float32
        self._pool: ThreadPoolExecutor | None = None
        head = self._network.model[-1]
        self.is_plain = type(head).__name__ in _HEADS
        if not self.is_plain:
            return
        self._network.to(self._device, self._dtype, memory_format=torch.channels_last)
        if bf16:
            _decode_in_float32(head)

    def __call__(self, pictures: NDArray[np.uint8], score_low: float, overlap: float) -> list[NDArray[np.float32]]:
        """Finds people.

        Args:
            pictures: `[n, h, w, 3]` uint8 RGB, h and w multiples of 32, n a multiple of `piece`.
            score_low: least score.
            overlap: IoU above which two boxes are one person.

        Returns:
            for each picture `[k, 5]` float32: x1, y1, x2, y2 in picture pixels and score, best first.
        """
        pieces = [pictures[start : start + self.piece] for start in range(0, len(pictures), self.piece)]
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            work = functools.partial(self._find, score_low=score_low, overlap=overlap)
            if threads == 1 or self._device.type != "cpu":
                found = [work(piece) for piece in pieces]
            else:
                self._pool = self._pool or ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
                found = list(self._pool.map(work, pieces))
        finally:
            torch.set_num_threads(threads)
        return [boxes for piece in found for boxes in piece]

    def _find(self, pictures: NDArray[np.uint8], score_low: float, overlap: float) -> list[NDArray[np.float32]]:
        from ultralytics.utils.nms import non_max_suppression

        with torch.inference_mode():
            # Seen as [n, 3, h, w] this memory already is channels last.
            batch = torch.from_numpy(pictures).to(self._device).permute(0, 3, 1, 2)
            found = non_max_suppression(
                self._network(batch.float().div_(255).to(self._dtype)),
                conf_thres=score_low,
                iou_thres=overlap,
                classes=[self.person],
                max_det=_MOST,
                nc=self._classes,
                end2end=bool(getattr(self._network, "end2end", False)),
            )
        return [boxes[:, :5].float().cpu().numpy() for boxes in found]


def person_class(names: dict[int, str], path: Path) -> int:
    """The index of the class `person` (in any letter case).

    Raises:
        WeightsError: there is none; the classes are named.
    """
    for index, name in names.items():
        if name.lower() == "person":
            return index
    shown = ", ".join(list(names.values())[:20]) + (", …" if len(names) > 20 else "")
    raise WeightsError(
        f"the network {path} does not know the class 'person'",
        cause=f"its classes are: {shown}",
        next_step="use a model that was trained on COCO, such as yolov8n.pt",
    )


def _decode_in_float32(head: Any) -> None:
    """Has the head compute box corners in float32: bfloat16 has 8 significant bits, 2 pixels at 300."""
    convolve = head.forward_head

    def forward_head(features: list[torch.Tensor], *parts: Any, **named: Any) -> dict[str, Any]:
        predictions: dict[str, Any] = convolve(features, *parts, **named)
        if predictions:
            predictions["boxes"] = predictions["boxes"].float()
            predictions["scores"] = predictions["scores"].float()
            # Only shape, type and device of the features are used from here on, for the grid of anchors.
            predictions["feats"] = [f.new_zeros(1, dtype=torch.float32).expand(f.shape) for f in features]
        return predictions

    head.forward_head = forward_head
    head.dfl.float()
    head.stride = head.stride.float()
