"""The poster of walkers: `python -m gaitprep.synth.poster docs/pictures/walkers.jpg`.

Rows are views, columns are phases of the gait cycle; every row is another subject, and an outfit or something carried.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.backdrop import backdrop
from gaitprep.synth.daylight import light_on
from gaitprep.synth.film import Film
from gaitprep.synth.people import person
from gaitprep.synth.seeds import stream
from gaitprep.synth.worlds import WORLDS

_SEED = 1
_ROWS = {
    "indoor": [
        ("002", "nm-01", "000"),
        ("001", "cl-01", "036"),
        ("005", "bg-01", "054"),
        ("015", "cl-01", "072"),
        ("003", "cl-01", "090"),
        ("009", "bg-01", "108"),
        ("010", "nm-01", "126"),
        ("006", "cl-01", "162"),
    ],
    "outdoor": [
        ("001", "3", "01"),
        ("002", "5", "02"),
        ("006", "6", "03"),
        ("008", "4", "04"),
        ("009", "6", "06"),
        ("022", "4", "08"),
        ("012", "4", "09"),
        ("005", "6", "11"),
    ],
}
_PHASES = 8
_ZOOM = 2.0
_TILE = (128, 208)
_FRAMES = 44
"""At least a cycle of the slowest walker, and then some."""

Image = NDArray[np.uint8]


def strip(world: str, subject: str, condition: str, view: str) -> Image:
    """`[h, w, 3]` one walker in eight phases, side by side, from left heel strike on."""
    own = WORLDS[world]
    camera = own.cameras[view]
    camera = replace(
        camera,
        focal=camera.focal * _ZOOM,
        width=round(camera.width * _ZOOM),
        height=round(camera.height * _ZOOM),
    )
    walker = person(_SEED, world, subject, condition, _FRAMES)
    site = own.sites[view]
    light = light_on(site, _SEED, subject, condition)
    scene = backdrop(site, camera).lit(light)
    film = Film([walker], [camera] * _FRAMES, scene, light, own.noise, stream(_SEED, "poster"))
    wanted = [_frame(walker.walk.phase, number / _PHASES) for number in range(_PHASES)]
    tiles = {}
    for frame, (image, (sight,)) in enumerate(film.frames()):
        if frame in wanted:
            tiles[frame] = _cut(image, sight.full)
    return np.hstack([tiles[frame] for frame in wanted])


def _frame(phase: NDArray[np.float64], aim: float) -> int:
    """The frame nearest to a phase, near the middle of the walk."""
    off = np.abs(np.mod(phase - aim + 0.5, 1.0) - 0.5)
    return int(np.argmin(off + 1e-4 * np.abs(np.arange(len(phase)) - len(phase) / 2)))


def _cut(image: Image, mask: NDArray[np.bool_]) -> Image:
    """The walker and the surroundings, `[208, 128, 3]`, always as tall."""
    import cv2

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    tall = 1.1 * (rows[-1] - rows[0])
    wide = tall * _TILE[0] / _TILE[1]
    corner = np.array([(columns[0] + columns[-1] - wide) / 2, (rows[0] + rows[-1] - tall) / 2])
    scale = _TILE[1] / tall
    matrix = np.array([[scale, 0.0, -scale * corner[0]], [0.0, scale, -scale * corner[1]]])
    tile = cv2.warpAffine(image, matrix, _TILE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(tile, np.uint8)


def poster() -> Image:
    """`[h, w, 3]` indoor walkers on the left, outdoor ones on the right."""
    blocks = [np.vstack([strip(world, *row) for row in rows]) for world, rows in _ROWS.items()]
    gap = np.full((len(blocks[0]), 6, 3), 255, np.uint8)
    return np.hstack([blocks[0], gap, blocks[1]])


if __name__ == "__main__":
    import cv2

    cv2.imwrite(sys.argv[1], poster()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
