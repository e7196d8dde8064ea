"""The still background behind moving people: an order statistic over samples that leaves the people out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.compiled import compiled
from gaitprep.segment.interface import Images

_RANK = 0.7  # above the middle: cast shadows only darken, and a slow walker's may lie on a pixel most of the time
_MIN_SEEN = 3  # samples that must show a pixel without a person before it is believed
_CLIP = 24  # grey levels; larger deviations are passers-by, not noise
_EVERY = 4  # pixels are compared for their light
_STEADY = 0.01  # change of light that is no change


@dataclass(frozen=True)
class Background:
    """A still background.

    Attributes:
        colour: `[h, w, 3]` u1 RGB.
        spread: `[h, w]` f4, standard deviation of what a pixel shows without a person, grey levels; 0 where unseen.
        seen: `[h, w]` bool, whether enough samples showed the pixel without a person; elsewhere the colour is guessed
            from around.
    """

    colour: Images
    spread: NDArray[np.float32]
    seen: NDArray[np.bool_]


def masked_median(samples: Images, people: NDArray[np.bool_]) -> Background:
    """The background of samples of a still camera.

    Args:
        samples: `[k, h, w, 3]` u1 RGB, k ≤ 255.
        people: `[k, h, w]` bool, where a person may be.
    """
    least = min(_MIN_SEEN, len(samples))
    colour, spread, count = _ranked(_in_one_light(samples, people), people, least)
    seen = count >= least
    # A pixel's own deviation is known from few samples; its surroundings steady it.
    share = cv2.boxFilter(seen.astype(np.float32), -1, (5, 5))
    steadied = np.where(seen, cv2.boxFilter(spread, -1, (5, 5)) / np.maximum(share, 1e-6), 0)
    if not seen.all():
        colour = _fill(colour, seen)
    return Background(colour, steadied.astype(np.float32), seen)


def _in_one_light(samples: Images, people: NDArray[np.bool_]) -> Images:
    """The samples as if the light (or the camera's gain) had been that of the middle one all the time."""
    middle = len(samples) // 2
    few, free = samples[:, ::_EVERY, ::_EVERY], ~people[:, ::_EVERY, ::_EVERY]
    steady = samples
    for index in range(len(samples)):
        common = free[index] & free[middle]
        if not common.any():
            continue
        gain = np.median((few[middle][common] + 1.0) / (few[index][common] + 1.0), axis=0)
        if np.abs(gain - 1).max() > _STEADY:
            if steady is samples:
                steady = samples.copy()
            steady[index] = np.clip(np.round(samples[index] * gain), 0, 255)
    return steady


@compiled
def _ranked(
    samples: Images, people: NDArray[np.bool_], least: int
) -> tuple[Images, NDArray[np.float32], NDArray[np.uint8]]:
    k, height, width, _ = samples.shape
    colour = np.zeros((height, width, 3), np.uint8)
    spread = np.zeros((height, width), np.float32)
    count = np.zeros((height, width), np.uint8)
    values = np.zeros((3, k), np.uint8)
    for y in range(height):
        for x in range(width):
            n = 0
            for i in range(k):
                if not people[i, y, x]:
                    for c in range(3):
                        values[c, n] = samples[i, y, x, c]
                    n += 1
            count[y, x] = n
            if n < least:
                continue
            total = 0
            for c in range(3):
                # Bisection over the 256 values: counting is quicker than sorting.
                low, high = 0, 255
                while low < high:
                    middle = (low + high) // 2
                    below = 0
                    for i in range(n):
                        below += values[c, i] <= middle
                    if below >= _RANK * n:
                        high = middle
                    else:
                        low = middle + 1
                colour[y, x, c] = low
                for i in range(n):
                    total += min(abs(int(values[c, i]) - low), _CLIP)
            spread[y, x] = 1.2533 * total / (3 * n)  # mean absolute → standard deviation of a normal distribution
    return colour, spread, count


def _fill(colour: Images, seen: NDArray[np.bool_]) -> Images:
    """Fills what was never seen smoothly from around: averages over ever larger squares (pull-push)."""
    known = seen.astype(np.float32)[..., None]
    filled = _pull_push(colour.astype(np.float32) * known, known)
    return np.where(seen[..., None], colour, np.clip(np.round(filled), 0, 255)).astype(np.uint8)


def _pull_push(weighted: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = weight.shape[:2]
    own = weighted / np.maximum(weight, 1e-6)
    if min(height, width) <= 2:
        mean = weighted.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-6)
        return np.where(weight > 0, own, mean).astype(np.float32)
    small = ((width + 1) // 2, (height + 1) // 2)
    less = cv2.resize(weight, small, interpolation=cv2.INTER_AREA)[..., None]
    coarse = _pull_push(cv2.resize(weighted, small, interpolation=cv2.INTER_AREA), less)
    around = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    sure = np.minimum(weight, 1)
    return np.asarray(sure * own + (1 - sure) * around, np.float32)
