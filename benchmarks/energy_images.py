"""How hard the walkers are: nearest neighbour on gait energy images of their true masks; one JSON line on stdout.

    python benchmarks/energy_images.py [--subjects 24] [--frames 40]

A gait energy image is the mean of the size-normalised masks of a walk (Han & Bhanu 2006). The gallery is nm-01, the
probes are nm-05, bg-01 and cl-01 from the same view. No learning: this is what body, clothes and gait tell by shape.
"""

from __future__ import annotations

import argparse
import json

import cv2
import numpy as np

from gaitprep.synth.backdrop import Scene
from gaitprep.synth.daylight import light_on
from gaitprep.synth.film import Film
from gaitprep.synth.people import person
from gaitprep.synth.seeds import stream
from gaitprep.synth.shade import SAMPLES
from gaitprep.synth.worlds import WORLDS

HEIGHT, WIDTH = 64, 44
WORLD = WORLDS["indoor"]


def energy(subject: str, condition: str, view: str, frames: int) -> np.ndarray:
    """`[64 * 44]` mean of the masks of every other frame, as tall as the image and centred on their mass."""
    camera = WORLD.cameras[view]
    size = (camera.height, camera.width)
    nothing = np.zeros(size, np.float32)
    near = np.zeros((SAMPLES * camera.height, SAMPLES * camera.width), np.float32)
    empty = Scene(camera, np.zeros((*size, 3), np.float32), nothing, near)
    walker, light = person(1, "indoor", subject, condition, frames), light_on("lab", 1, subject, condition)
    film = Film([walker], [camera] * frames, empty, light, 0.0, stream(1, "none"))
    total = np.zeros((HEIGHT, WIDTH))
    for number, (_, (sight,)) in enumerate(film.frames()):
        rows = np.flatnonzero(sight.full.any(axis=1))
        if number % 2 == 0 and sight.whole:
            scale = HEIGHT / (rows[-1] + 1 - rows[0])
            middle = sight.full.sum(axis=0) @ np.arange(camera.width) / sight.full.sum()
            matrix = np.array([[scale, 0.0, WIDTH / 2 - scale * middle], [0.0, scale, -scale * rows[0]]])
            total += cv2.warpAffine(sight.full.astype(np.float32), matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    return (total / total.max()).ravel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=24)
    parser.add_argument("--frames", type=int, default=40)
    options = parser.parse_args()
    names = [f"{number:03d}" for number in range(1, options.subjects + 1)]
    rank_1: dict[str, float] = {}
    for view in ("054", "090"):
        gallery = np.array([energy(name, "nm-01", view, options.frames) for name in names])
        for condition in ("nm-05", "bg-01", "cl-01"):
            probe = np.array([energy(name, condition, view, options.frames) for name in names])
            nearest = np.linalg.norm(probe[:, None] - gallery[None], axis=2).argmin(axis=1)
            rank_1[f"{condition} {view}"] = round(float(np.mean(nearest == np.arange(len(names)))), 3)
    print(json.dumps({"subjects": options.subjects, "chance": round(1 / options.subjects, 3), "rank_1": rank_1}))
