"""Batches of rendered crops: every crop once an epoch, each time a little different."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.train.batches import Batch, BatchSource
from gaitprep.train.config import SegmenterConfig
from gaitprep.train.sampler import Seeded
from gaitprep.train.sequences import Indices

Images = NDArray[np.uint8]


class Pool(Protocol):
    """Crops with their masks, by number."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def digest(self) -> str:
        """Of their content."""

    def take(self, numbers: Indices) -> tuple[Images, Images]:
        """The crops `[n, 128, 128, 3]` and masks `[n, 128, 128]`, 0 to 255, of these numbers."""


class CropSampler(Seeded):
    """Draws every crop once before any is drawn again.

    Args:
        count: of crops; images: in a batch; seed: of the order.
    """

    def __init__(self, count: int, images: int, seed: int) -> None:
        super().__init__(seed)
        self._count, self._images = count, images

    def draw(self, step: int) -> Indices:
        """The crops of step `step` (from 0)."""
        places = np.arange(step * self._images, (step + 1) * self._images)
        return np.array(
            [_order(self._seed, place // self._count, self._count)[place % self._count] for place in places]
        )


class CropBatches(BatchSource):
    """Reads crops and varies them.

    Args:
        pool: the crops.
        sampler: what to draw.
        config: how much crops are varied.
        seed: of the variation.
    """

    def __init__(self, pool: Pool, sampler: CropSampler, config: SegmenterConfig, seed: int) -> None:
        self.sampler: CropSampler = sampler
        self.ahead = 3
        self._pool, self._config, self._seed = pool, config, seed

    def read(self, step: int) -> Batch:
        """The batch of one step."""
        numbers = self.sampler.draw(step)
        rgb, mask = self._pool.take(numbers)
        random = np.random.default_rng([self._seed, step, 1])
        pairs = [self._varied(*pair, random) for pair in zip(rgb, mask, strict=True)]
        arrays = {"rgb": np.stack([pair[0] for pair in pairs]), "mask": np.stack([pair[1] for pair in pairs])}
        return Batch(step, arrays, np.zeros(len(numbers), np.int64))

    def _varied(self, rgb: Images, mask: Images, random: np.random.Generator) -> tuple[Images, Images]:
        if random.random() < 0.5:
            rgb, mask = rgb[:, ::-1], mask[:, ::-1]
        config = self._config
        if config.move:
            rgb, mask = _moved(np.ascontiguousarray(rgb), np.ascontiguousarray(mask), config.move, random)
        if random.random() < config.cut:
            rgb, mask = _cut(rgb, mask, random)
        return (recoloured(rgb, config.colours, random) if config.colours else rgb), mask


def recoloured(rgb: Images, strength: float, random: np.random.Generator) -> Images:
    """Other light and other paint: gains and offsets by channel, sometimes channels exchanged or colours taken out."""
    changed = rgb.astype(np.float32)
    draw = random.random()
    if draw < 0.2:
        changed = changed[..., random.permutation(3)]
    elif draw < 0.28:
        changed = np.repeat(changed.mean(axis=2, keepdims=True), 3, axis=2)
    shared, own = random.uniform(-1, 1, 2), random.uniform(-1, 1, (2, 3))
    gain = 1 + strength * (1.5 * shared[0] + 0.5 * own[0])
    offset = 128 * strength * (shared[1] + 0.4 * own[1])
    changed = changed * gain.astype(np.float32) + offset.astype(np.float32)
    return np.asarray(np.clip(changed, 0, 255), np.uint8)


def _moved(rgb: Images, mask: Images, strength: float, random: np.random.Generator) -> tuple[Images, Images]:
    """Shifted, scaled along each axis and turned; what comes in from outside mirrors the border."""
    side = rgb.shape[0]
    turn, shift, scale = random.uniform(-1, 1), random.uniform(-1, 1, 2), random.uniform(-1, 1, 2)
    angle = strength * turn
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * np.exp(strength * scale)
    middle = np.full(2, (side - 1) / 2)
    away = middle - matrix @ middle + 0.5 * strength * side * shift
    affine = np.concatenate([matrix, away[:, None]], axis=1)
    border = cv2.BORDER_REFLECT_101
    first, second = (cv2.warpAffine(image, affine, (side, side), borderMode=border) for image in (rgb, mask))
    return np.asarray(first, np.uint8), np.asarray(second, np.uint8)


def _cut(rgb: Images, mask: Images, random: np.random.Generator) -> tuple[Images, Images]:
    """What is left of a crop when the picture's edge takes a part of it: more often legs than heads or sides."""
    side = rgb.shape[0]
    rest = round(side * random.uniform(0.35, 0.9))
    edge = random.choice(["below", "above", "left", "right"], p=[0.5, 0.1, 0.2, 0.2])
    start = side - rest if edge in ("above", "left") else 0
    part = np.s_[start : start + rest] if edge in ("below", "above") else np.s_[:, start : start + rest]
    size = (side, side)
    first, second = (cv2.resize(np.ascontiguousarray(image[part]), size) for image in (rgb, mask))
    return np.asarray(first, np.uint8), np.asarray(second, np.uint8)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, count: int) -> Indices:
    return np.random.default_rng([seed, epoch, 0]).permutation(count)
