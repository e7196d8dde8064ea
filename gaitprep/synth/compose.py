"""Walkers onto a background: shadows, visibility among people, samples to pixels, noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Shown = NDArray[np.int32]

_STEPS = 1024
TO_SRGB: Picture = np.asarray(255.0 * (np.arange(_STEPS + 1) / _STEPS) ** (1 / 2.2), np.float32)
"""Linear light in steps of 1/1024 → sRGB 0 to 255."""


@compiled
def resolve(
    near: NDArray[np.float32],
    own: NDArray[np.float32],
    shown: Shown,
    light: Picture,
    top: int,
    left: int,
    picture: Picture,
    visible: NDArray[np.uint8],
    full: NDArray[np.uint8],
    table: Picture,
) -> None:
    """Brings one person's 2×2 samples into the picture.

    Args:
        near: `[2H, 2W]` nearness of whoever is nearest; own: `[h, w]` nearness of this person, over the part of the
            picture that begins at sample row `top`, column `left` (both even); shown: `[h, w]` −1 where nobody is.
        light: `[h, w, 3]` linear light; table: linear light → picture values.
        picture: `[H, W, 3]` changed in place; visible, full: `[H, W]` samples (0 to 4) that are seen, that there are.
    """
    for row in range(0, own.shape[0], 2):
        for column in range(0, own.shape[1], 2):
            there = seen = 0
            red = green = blue = np.float32(0.0)
            for i in range(row, row + 2):
                for j in range(column, column + 2):
                    if shown[i, j] < 0:
                        continue
                    there += 1
                    if own[i, j] < near[top + i, left + j]:
                        continue
                    seen += 1
                    red += light[i, j, 0]
                    green += light[i, j, 1]
                    blue += light[i, j, 2]
            if there == 0:
                continue
            y, x = (top + row) // 2, (left + column) // 2
            full[y, x] = there
            visible[y, x] = seen
            if seen:
                rest = np.float32(1.0 - seen / 4.0)
                share = np.float32(seen / 4.0)
                picture[y, x, 0] = rest * picture[y, x, 0] + share * _lookup(float(red) / seen, table)
                picture[y, x, 1] = rest * picture[y, x, 1] + share * _lookup(float(green) / seen, table)
                picture[y, x, 2] = rest * picture[y, x, 2] + share * _lookup(float(blue) / seen, table)


@compiled
def _lookup(light: float, table: Picture) -> float:
    return float(table[int(min(max(light, 0.0), 1.0) * (table.shape[0] - 1))])


@compiled
def nearest(near: NDArray[np.float32], own: NDArray[np.float32], top: int, left: int) -> None:
    """Raises `near [2H, 2W]` to one person's nearness `own [h, w]` placed at (`top`, `left`)."""
    for i in range(own.shape[0]):
        for j in range(own.shape[1]):
            if own[i, j] > near[top + i, left + j]:
                near[top + i, left + j] = own[i, j]


@compiled
def darken(picture: Picture, shadow: NDArray[np.bool_], strength: Picture, softness: int) -> None:
    """Takes the share `strength [H, W]` from pixels in the `shadow [H, W]`.

    The shadow's edge is blurred over `softness` pixels to each side.
    """
    height, width = shadow.shape
    top, bottom, left, right = height, -1, width, -1
    for y in range(height):
        for x in range(width):
            if shadow[y, x]:
                top, bottom, left, right = min(top, y), max(bottom, y), min(left, x), max(right, x)
    if bottom < 0:
        return
    top, bottom = max(top - softness, 0), min(bottom + softness, height - 1)
    left, right = max(left - softness, 0), min(right + softness, width - 1)
    window = 2 * softness + 1
    rows = np.zeros((bottom - top + 1, right - left + 1), np.float32)
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            count = 0
            for j in range(max(x - softness, 0), min(x + softness, width - 1) + 1):
                count += shadow[y, j]
            rows[y - top, x - left] = count / window
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            total = np.float32(0.0)
            for i in range(max(y - softness, top), min(y + softness, bottom) + 1):
                total += rows[i - top, x - left]
            keep = np.float32(1.0 - strength[y, x] * total / window)
            for channel in range(3):
                picture[y, x, channel] *= keep


@compiled
def carry(near: Picture, matrix: Floats, rows: tuple[int, int], columns: tuple[int, int], moved: Picture) -> None:
    """Fills a part of `moved` with the samples of `near` that `matrix [3, 3]` (target → source, in samples) leads to.

    Args:
        rows, columns: of the part, first and past the last; what lies outside `moved` is left out.
    """
    for row in range(max(rows[0], 0), min(rows[1], moved.shape[0])):
        for column in range(max(columns[0], 0), min(columns[1], moved.shape[1])):
            x, y = column + 0.5, row + 0.5
            w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
            i = int(np.floor((matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w))
            j = int(np.floor((matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w))
            inside = 0 <= i < near.shape[0] and 0 <= j < near.shape[1]
            moved[row, column] = near[i, j] if inside else np.float32(0.0)


@compiled
def finish(picture: Picture, gain: float, noise: Picture, down: int, across: int, image: NDArray[np.uint8]) -> None:
    """Brings to 8 bits: times `gain`, plus a window of `noise [>H, >W, 3]` that begins at (`down`, `across`)."""
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            for channel in range(3):
                value = gain * picture[y, x, channel] + noise[y + down, x + across, channel] + np.float32(0.5)
                image[y, x, channel] = np.uint8(min(max(value, 0.0), 255.0))
