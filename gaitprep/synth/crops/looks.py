"""Clothes that make a person hard to see: camouflage, dark on dark, white on white."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.crops.figure import Layer
from gaitprep.synth.crops.recipe import Recipe

Picture = NDArray[np.float32]


def disguise(layer: Layer, picture: Picture, recipe: Recipe, random: np.random.Generator) -> tuple[Layer, Picture]:
    """Gives the person, and where need be the scene, colours that are hard to tell apart.

    Args:
        layer: the person; picture: `[h, w, 3]` the scene, changed in a copy.
        recipe: how often.
        random: for everything.
    """
    draw = random.random()
    if draw < recipe.camouflage:
        return _camouflaged(layer, picture, random), picture
    if draw < recipe.camouflage + recipe.dark:
        light = layer.light * random.uniform(0.12, 0.5)
        return dataclasses.replace(layer, light=light), picture * np.float32(random.uniform(0.2, 0.55))
    if draw < recipe.camouflage + recipe.dark + recipe.white:
        bleach = random.uniform(0.4, 0.9)
        light = layer.light + bleach * (layer.light.max() * random.uniform(0.6, 1.0) - layer.light)
        white = picture + np.float32(random.uniform(0.4, 0.85)) * (random.uniform(215, 252) - picture)
        return dataclasses.replace(layer, light=np.asarray(light, np.float32)), white
    return layer, picture


def _camouflaged(layer: Layer, picture: Picture, random: np.random.Generator) -> Layer:
    """What is worn, or a part of it, takes colours (and half of the time the pattern) of what lies elsewhere."""
    height, width = picture.shape[:2]
    linear = (picture / 255.0) ** 2.2
    if random.random() < 0.5:
        moved = np.roll(linear, tuple(random.integers(1, (height, width)).tolist()), axis=(0, 1))
    else:
        y, x = int(random.integers(height)), int(random.integers(width))
        moved = np.broadcast_to(linear[y, x], linear.shape)
    cloth = cv2.resize(np.ascontiguousarray(moved), layer.light.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    there = layer.shown >= 0
    grey = cv2.transform(layer.light, np.full((1, 3), 1 / 3))
    form = grey / max(float(grey[there].mean()) if there.any() else 1.0, 1e-3)
    share = np.full(there.shape, random.uniform(0.5, 0.97), np.float32)
    if random.random() < 0.5:  # above or below the waist alone
        rows = np.flatnonzero(there.any(axis=1))
        waist = int(np.quantile(rows, random.uniform(0.4, 0.6))) if len(rows) else 0
        part = slice(None, waist) if random.random() < 0.5 else slice(waist, None)
        share[part] = 0.0
    light = layer.light + share[..., None] * (cloth * np.clip(form, 0.4, 1.8)[..., None] - layer.light)
    return dataclasses.replace(layer, light=np.asarray(light, np.float32))
