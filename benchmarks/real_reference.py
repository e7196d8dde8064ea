"""The hand-checked masks of real people in `tests/data/real`, and where the footage that they belong to is."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.track.crop import SIZE

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "data" / "real"
TALL = 100
"""People above this height are `tall`, px."""
LEAST = 60
"""People below this height are in no class that an aim speaks of, px."""


@dataclass(frozen=True)
class Source:
    """A video or picture with reference masks.

    Attributes:
        name: how the index calls it.
        file: name of the file; sha256: its digest.
        width, height: pixels; frames: their number, 1 for a picture.
        licence: of the footage; found: where it comes from.
    """

    name: str
    file: str
    sha256: str
    width: int
    height: int
    frames: int
    licence: str
    found: str


@dataclass(frozen=True)
class Reference:
    """One person in one frame.

    Attributes:
        name: also of the file of the mask.
        source: name of the source; frame: number in it, from 0.
        box: xyxy, source pixels, whole numbers: the mask's own.
        scale: pixels of the stored mask per source pixel; small people are drawn finer than their pixels.
        height: of the person, source pixels.
        seen: `whole`, `cut` by the frame, or partly `hidden`.
        means: how the mask was made; added, removed: strokes by hand afterwards.
    """

    name: str
    source: str
    frame: int
    box: tuple[int, int, int, int]
    scale: int
    height: float
    seen: Literal["whole", "cut", "hidden"]
    means: str
    added: int
    removed: int

    @property
    def size(self) -> str:
        """The class that the aims speak of: `tall`, `small`, or `cut`."""
        if self.seen != "whole":
            return "cut"
        return "tall" if self.height > TALL else "small" if self.height >= LEAST else "tiny"

    def mask(self) -> NDArray[np.uint8]:
        """What is stored, `[h·scale, w·scale]` u1, 0 or 255, for the box of `h`×`w`."""
        stored = cv2.imread(str(FOLDER / "masks" / f"{self.name}.png"), cv2.IMREAD_GRAYSCALE)
        return np.asarray(stored, np.uint8)

    def in_crop(self, crop: NDArray[np.float32]) -> tuple[NDArray[np.bool_], float]:
        """The mask as a crop of the frame shows it.

        Args:
            crop: xyxy of whole numbers, source pixels.

        Returns:
            `[128, 128]` bool, squeezed as tracking squeezes crops, and the share of the person outside the crop.
        """
        left, top, right, bottom = (int(side) * self.scale for side in crop)
        x, y = self.box[0] * self.scale, self.box[1] * self.scale
        mask = self.mask()
        canvas = np.zeros((bottom - top, right - left), np.uint8)
        first = max(left, x), max(top, y)
        last = min(right, x + mask.shape[1]), min(bottom, y + mask.shape[0])
        if first[0] < last[0] and first[1] < last[1]:
            piece = mask[first[1] - y : last[1] - y, first[0] - x : last[0] - x]
            canvas[first[1] - top : last[1] - top, first[0] - left : last[0] - left] = piece
        outside = 1 - np.count_nonzero(canvas) / np.count_nonzero(mask)
        how = cv2.INTER_AREA if canvas.size > SIZE * SIZE else cv2.INTER_LINEAR
        return cv2.resize(canvas, (SIZE, SIZE), interpolation=how) > 127, float(outside)


def read_index() -> tuple[dict[str, Source], list[Reference]]:
    """Sources by name, and everybody who has a mask."""
    index = json.loads((FOLDER / "index.json").read_text())
    sources = {name: Source(name=name, **facts) for name, facts in index["sources"].items()}
    return sources, [Reference(**{**person, "box": tuple(person["box"])}) for person in index["people"]]


def places(sample: Path, vtest: Path) -> dict[str, Path]:
    """Where each source is looked for; pictures lie in the installed package ultralytics, which is not imported."""
    spec = importlib.util.find_spec("ultralytics")
    assert spec is not None
    assert spec.submodule_search_locations
    assets = Path(spec.submodule_search_locations[0]) / "assets"
    return {"sample": sample, "vtest": vtest, "bus": assets / "bus.jpg", "zidane": assets / "zidane.jpg"}


def missing(sources: Mapping[str, Source], files: Mapping[str, Path]) -> dict[str, str]:
    """Why sources cannot be scored, by name: the file is absent, or is another than the masks were drawn on."""
    reasons = {}
    for name, source in sources.items():
        if not files[name].is_file():
            reasons[name] = f"{files[name]} is absent ({source.found})"
        elif hashlib.sha256(files[name].read_bytes()).hexdigest() != source.sha256:
            reasons[name] = f"{files[name]} is not the file that the masks were drawn on"
    return reasons


def iou(mask: NDArray[np.bool_], reference: NDArray[np.bool_]) -> float:
    """Intersection over union; 1 where both are empty."""
    union = np.count_nonzero(mask | reference)
    return float(np.count_nonzero(mask & reference) / union) if union else 1.0
