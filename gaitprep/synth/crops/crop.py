"""One training crop: somebody, somewhere, as some camera has it; and the mask of that person alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.crops import figure
from gaitprep.synth.crops.backgrounds import Backgrounds, load_backgrounds
from gaitprep.synth.crops.cut import crop_box, squeeze
from gaitprep.synth.crops.light import draw_light
from gaitprep.synth.crops.looks import disguise
from gaitprep.synth.crops.optics import film
from gaitprep.synth.crops.recipe import RECIPE, Recipe
from gaitprep.synth.crops.scenery import bush, pole, scenery
from gaitprep.synth.crops.textures import colour, shape
from gaitprep.synth.crops.troupe import RUN, Troupe, redyed, troupe
from gaitprep.synth.crops.view import View, draw_view
from gaitprep.synth.repeatable import repeatable
from gaitprep.synth.rotations import about_z
from gaitprep.synth.seeds import stream

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
_LEAST_SEEN = 0.55  # of the person; who is hidden more is not whom a tracker would follow
_TRIES = 12


@dataclass(frozen=True)
class Crop:
    """A crop and its label.

    Attributes:
        rgb: `[128, 128, 3]` uint8.
        mask: `[128, 128]` uint8, 255 times the share of each pixel that shows the person.
    """

    rgb: NDArray[np.uint8]
    mask: NDArray[np.uint8]


@repeatable
def render(
    seed: int, number: int, *, folder: Path | None = None, held_out: bool = False, recipe: Recipe = RECIPE
) -> Crop:
    """The crop of a number; the same for the same arguments, whatever was rendered before.

    Args:
        seed: of everything.
        number: which.
        folder: further backgrounds, see `backgrounds.background_files`.
        held_out: take the backgrounds that training never sees.
        recipe: the mixture.
    """
    backgrounds = load_backgrounds(seed, folder, held_out)
    cast = troupe(seed, number // RUN, recipe)
    for attempt in range(_TRIES):
        crop = _try(cast, number, backgrounds, recipe, stream(seed, "crop", number, attempt))
        if crop is not None:
            return crop
    # Somebody in full view cannot fail.
    plain = Recipe(company=0.0, occluder=0.0, cut=0.0)
    crop = _try(cast, number, backgrounds, plain, stream(seed, "crop", number, "plain"))
    assert crop is not None
    return crop


def _try(
    cast: Troupe, number: int, backgrounds: Backgrounds, recipe: Recipe, random: np.random.Generator
) -> Crop | None:
    who, moment = number % 2, number % RUN
    body = cast.on_stage(who, moment, about_z(random.uniform(0, 360)))
    view = draw_view(body, recipe.height, random)
    light = draw_light(random)
    picture = scenery(view, backgrounds, recipe.panorama, random)
    cloths = [person.paint.cloths for person in cast.people]
    if random.random() < recipe.redyed:
        cloths = [redyed(cloth, random) for cloth in cloths]
    own = figure.draw(cast.people[who], cloths[who], body, view, light)
    own, picture = disguise(own, picture, recipe, random)
    others = []
    casts_shadow = random.random() < recipe.shadow
    if random.random() < recipe.company:
        beside = _beside(cast, 1 - who, view, random)
        if casts_shadow:
            figure.shadow(picture, cast.people[1 - who].faces, beside, view, light)
        others = [figure.draw(cast.people[1 - who], cloths[1 - who], beside, view, light)]
    if casts_shadow:
        figure.shadow(picture, cast.people[who].faces, body, view, light)
    if random.random() < recipe.reflection:
        figure.reflection(picture, cast.people[who], cloths[who], body, view, light, random.uniform(0.06, 0.4))
    full = own.coverage
    label = figure.visible(own, others)
    for other in others:
        figure.paste(picture, other, [own])
    figure.paste(picture, own, others)
    if random.random() < recipe.occluder:
        label = label * _occlude(picture, full, random)
    if float(label.sum()) < _LEAST_SEEN * float(full.sum()):
        return None
    edge = _edge(full, random) if random.random() < recipe.cut else (0, 0, view.width, view.height)
    box = crop_box(label, edge, recipe, random)
    if box is None:
        return None
    left, top, right, bottom = edge
    picture[:top] = picture[top]  # what lies beyond the edge was never filmed
    picture[bottom:] = picture[bottom - 1]
    picture[:, :left] = picture[:, left : left + 1]
    picture[:, right:] = picture[:, right - 1 : right]
    image = film(picture, view.enlarged, recipe, random)
    return Crop(squeeze(image, box), squeeze(np.round(255 * label).astype(np.uint8), box))


def _beside(cast: Troupe, who: int, view: View, random: np.random.Generator) -> Floats:
    """Somebody else, within reach: behind, before, at the side."""
    vertices = cast.on_stage(who, int(random.integers(RUN)), about_z(random.uniform(0, 360)))
    away = -view.position * [1.0, 1.0, 0.0]
    away /= np.linalg.norm(away)
    aside = np.array([-away[1], away[0], 0.0])
    distance = float(np.linalg.norm(view.position))
    deep = random.uniform(0.2, 4.0) if random.random() < 0.7 else -random.uniform(0.2, min(1.2, 0.3 * distance))
    return np.asarray(vertices + away * deep + aside * random.choice([-1, 1]) * random.uniform(0.1, 0.9))


def _occlude(picture: Picture, full: Picture, random: np.random.Generator) -> Picture:
    """Puts something before the person; gives the share of each pixel that is still free."""
    before = picture.copy()
    rows, columns = np.nonzero(full > 0.5)
    pick = int(random.integers(len(rows)))
    at = np.array([columns[pick], rows[pick]])
    height = int(np.ptp(rows)) + 1
    kind = random.random()
    if kind < 0.4:
        pole(picture, int(at[0]), colour(random), random)
    elif kind < 0.7:
        bush(picture, (int(at[0]), int(rows.max())), 0.3 * height, random)
    else:
        shape(picture, random, at, random.uniform(0.1, 0.4) * height, colour(random))
    return np.asarray(np.abs(picture - before).max(axis=2) < 1.0, np.float32)


def _edge(full: Picture, random: np.random.Generator) -> tuple[int, int, int, int]:
    """The picture's edges (left, top, right, bottom), one of which cuts the person."""
    height, width = full.shape
    rows, columns = np.flatnonzero((full > 0.3).any(axis=1)), np.flatnonzero((full > 0.3).any(axis=0))
    left, top, right, bottom = 0, 0, width, height
    side, depth = int(random.choice(4, p=[0.3, 0.3, 0.3, 0.1])), random.uniform(0.05, 0.5)
    if side == 0:
        left = int(columns[0] + depth * np.ptp(columns))
    elif side == 1:
        right = int(columns[-1] - depth * np.ptp(columns))
    elif side == 2:
        bottom = int(rows[-1] - depth * np.ptp(rows))
    else:
        top = int(rows[0] + 0.5 * depth * np.ptp(rows))
    return left, top, right, bottom
