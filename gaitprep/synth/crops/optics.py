"""What camera and codec do to a picture: haze, colours, blur, noise, scaling, compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.crops.recipe import Recipe

Picture = NDArray[np.float32]
_GREY = np.array([0.3, 0.59, 0.11])


def film(picture: Picture, enlarged: float, recipe: Recipe, random: np.random.Generator) -> NDArray[np.uint8]:
    """Films a clean picture with a camera that is rarely a good one.

    Args:
        picture: `[h, w, 3]` float32, sRGB 0 to 255.
        enlarged: source pixels per pixel of the picture: what happens to source pixels is that much smaller here.
        recipe: range of JPEG qualities.
        random: for everything.

    Returns:
        `[h, w, 3]` uint8.
    """
    picture = _colours(picture, random)
    picture = _blur(picture, enlarged, random)
    if random.random() < 0.25:
        picture = _scaled(picture, random)
    if random.random() < 0.2:  # the sharpening of cheap cameras leaves halos
        soft = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.8, 1.8))
        picture = picture + random.uniform(0.3, 1.5) * (picture - soft)
    picture = _noise(picture, enlarged, random)
    image = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    if random.random() < 0.9:
        image = _compressed(image, recipe.quality, random)
    return np.asarray(image, np.uint8)


def _colours(picture: Picture, random: np.random.Generator) -> Picture:
    if random.random() < 0.25:
        haze = random.uniform(0.05, 0.5)
        mist = random.uniform(120, 240) + random.normal(0, 8, 3).astype(np.float32)
        picture = picture + np.float32(haze) * (mist - picture)
    picture = picture * (1 + random.normal(0, 0.08, 3).astype(np.float32))
    if random.random() < 0.5:
        gamma = np.exp(random.normal(0, 0.25))
        picture = np.asarray(255 * (np.clip(picture, 0, 255) / 255) ** gamma, np.float32)
    contrast, offset = np.float32(random.uniform(0.65, 1.25)), np.float32(128 + random.normal(0, 14))
    picture = (picture - 128) * contrast + offset
    saturation = 0.0 if random.random() < 0.07 else random.uniform(0.4, 1.25)
    mix = (1 - saturation) * np.tile(_GREY, (3, 1)) + saturation * np.eye(3)
    return np.asarray(np.clip(cv2.transform(picture.astype(np.float32), mix), 0, 255), np.float32)


def _blur(picture: Picture, enlarged: float, random: np.random.Generator) -> Picture:
    draw = random.random()
    if draw < 0.55:
        most = 0.5 + min(picture.shape[0] / 250, 0.8)  # less for the small, who would vanish
        sigma = max(random.uniform(0.3, most) / enlarged, 0.15)
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if draw < 0.7:
        length = int(random.integers(2, max(2, picture.shape[0] // 30) + 1))
        angle = random.uniform(0, np.pi) if random.random() < 0.4 else random.normal(0, 0.15)
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        step = (length * np.array([np.cos(angle), np.sin(angle)])).round().astype(int)
        cv2.line(kernel, tuple((length - step // 2).tolist()), tuple((length + step // 2).tolist()), 1.0)
        return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    return picture


def _scaled(picture: Picture, random: np.random.Generator) -> Picture:
    """Recorded smaller than it is shown."""
    height, width = picture.shape[:2]
    share = random.uniform(min(0.9, max(0.4, 80 / height)), 0.95)
    size = (max(int(width * share), 8), max(int(height * share), 8))
    how = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)[int(random.integers(3))]
    back = cv2.INTER_CUBIC if random.random() < 0.4 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cv2.resize(picture, size, interpolation=how), (width, height), interpolation=back))


def _noise(picture: Picture, enlarged: float, random: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    strength = random.exponential(3.5) / enlarged
    grain = random.standard_normal((height, width, 1), np.float32)
    if random.random() < 0.5:
        grain = grain + 0.7 * random.standard_normal((height, width, 3), np.float32)
    if random.random() < 0.3:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2
        grain = grain.reshape(height, width, -1)
    return np.asarray(picture + np.float32(min(strength, 22.0)) * grain, np.float32)


def _compressed(image: NDArray[np.uint8], quality: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """Blocks as of JPEG or, smoothed over their edges, of video codecs; block edges anywhere in the picture."""
    low, high = quality
    up, left = random.integers(0, 8, 2).tolist()
    padded = cv2.copyMakeBorder(image, up, 8, left, 8, cv2.BORDER_REPLICATE)
    amount = int(low + (high - low) * random.beta(1.3, 1.0))
    _, data = cv2.imencode(".jpg", padded[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, amount])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1]
    if random.random() < 0.45:
        soft = cv2.GaussianBlur(decoded, (0, 0), random.uniform(0.5, 0.9))
        edges = np.zeros(decoded.shape[:2], np.bool_)
        for offset in (0, 7):
            edges[offset::8] = True
            edges[:, offset::8] = True
        decoded = np.where(edges[..., None], soft, decoded)
    height, width = image.shape[:2]
    return np.ascontiguousarray(decoded[up : up + height, left : left + width])
