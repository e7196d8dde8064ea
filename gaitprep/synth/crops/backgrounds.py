"""The pictures that backgrounds are made of: procedural ones, and photographs and panoramas from a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import InputError
from gaitprep.run.digest import digest_file, digest_json
from gaitprep.synth.crops.textures import texture
from gaitprep.synth.seeds import stream

Picture = NDArray[np.uint8]
_TEXTURES = 140
_HELD_OUT = 5
"""Every fifth panorama and photograph, by name, is for validation only."""


@dataclass(frozen=True)
class Backgrounds:
    """Pictures `[h, w, 3]` uint8.

    Attributes:
        textures: surfaces of 512×512; panoramas: equirectangular, 256×512 or larger.
    """

    textures: tuple[Picture, ...]
    panoramas: tuple[Picture, ...]


def background_files(folder: Path | None) -> list[Path]:
    """The panoramas (`panorama-*.png`) and surfaces (`surface-*.png`) of a folder, by name; none without a folder.

    Raises:
        InputError: the folder is named but holds none.
    """
    if folder is None:
        return []
    files = sorted([*folder.glob("panorama-*.png"), *folder.glob("surface-*.png")])
    if not files:
        raise InputError(
            f"{folder} holds no backgrounds", next_step="run: make backgrounds, or leave --backgrounds out"
        )
    return files


def backgrounds_digest(folder: Path | None) -> str:
    """What the crops depend on of a folder; the same wherever it lies."""
    return digest_json([[path.name, digest_file(path)] for path in background_files(folder)])


@lru_cache(maxsize=2)
def load_backgrounds(seed: int, folder: Path | None, held_out: bool) -> Backgrounds:
    """The backgrounds of training, or those held out for validation: no picture is in both."""
    name = "held-out textures" if held_out else "textures"
    count = _TEXTURES // 3 if held_out else _TEXTURES
    surfaces = [texture(stream(seed, name, number)).astype(np.uint8) for number in range(count)]
    panoramas: list[Picture] = []
    kinds = {"panorama": panoramas, "surface": surfaces}
    for kind, pictures in kinds.items():
        own = [path for path in background_files(folder) if path.name.startswith(kind)]
        for number, path in enumerate(own):
            if (number % _HELD_OUT == _HELD_OUT - 1) == held_out:
                pictures.append(_read(path))
    return Backgrounds(tuple(surfaces), tuple(panoramas))


def _read(path: Path) -> Picture:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path} is not a picture", next_step="run: make backgrounds")
    return np.ascontiguousarray(image[..., ::-1])
