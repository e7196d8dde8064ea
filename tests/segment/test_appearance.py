"""The walker's own look decides where the background does not."""

import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.appearance import Appearance, separate
from gaitprep.segment.view import View, make_view

GREY, RED = (120, 120, 120), (170, 60, 50)
SIZE = np.float32([64, 128])
PERSON = np.float32([24, 10, 104, 118])
BODY = (slice(14, 114), slice(40, 88))


def view(
    shirt: tuple[int, int, int] = RED, ground: tuple[int, int, int] = GREY, spread: float = 1.0, seen: bool = True
) -> View:
    """A block of a body before a plain ground, with a little noise."""
    rng = np.random.default_rng(3)
    behind = np.full((128, 128, 3), ground, np.uint8)
    crop = behind.copy()
    crop[BODY] = shirt
    noisy = np.clip(crop + rng.normal(0, spread, crop.shape), 0, 255).astype(np.uint8)
    maps = np.full((128, 128), spread, np.float32), np.full((128, 128), float(seen), np.float32)
    return make_view(noisy, (behind, *maps), SIZE, PERSON)


def share_found(odds: NDArray[np.float32]) -> tuple[float, float]:
    """Share of the body's pixels that count as body, and of the others."""
    truth = np.zeros(odds.shape, np.bool_)
    truth[16:112, 22:42] = True
    away = np.ones(odds.shape, np.bool_)
    away[10:118, 17:47] = False
    return float((odds[truth] > 0).mean()), float((odds[away] > 0).mean())


def test_a_body_that_differs_is_found() -> None:
    (odds,), _ = separate([view()])
    found, wrong = share_found(odds)
    assert found > 0.99
    assert wrong < 0.01


def test_an_empty_scene_has_no_body() -> None:
    (odds,), _ = separate([view(shirt=GREY)])
    assert (odds > 0).mean() < 0.02


def test_a_faint_body_is_found_when_its_colour_is_known_from_elsewhere() -> None:
    faint = view(shirt=(126, 119, 117), spread=1.6)
    (alone,), _ = separate([faint])
    before_red_walls = [view(shirt=(126, 119, 117), ground=(150, 90, 90), spread=1.6) for _ in range(8)]
    together, _ = separate([faint, *before_red_walls])
    assert share_found(together[0])[0] > 0.9
    assert share_found(alone)[0] < share_found(together[0])[0]


def test_what_was_learned_is_carried_on() -> None:
    faint = view(shirt=(126, 119, 117), spread=1.6)
    _, known = separate([view(shirt=(126, 119, 117), ground=(150, 90, 90), spread=1.6) for _ in range(8)])
    (alone,), _ = separate([faint])
    (taught,), _ = separate([faint], known)
    assert share_found(taught)[0] > share_found(alone)[0]


def test_shadow_by_the_feet_is_no_body() -> None:
    rng = np.random.default_rng(0)
    behind = np.full((128, 128, 3), (140, 135, 120), np.uint8)
    crop = behind.astype(float)
    crop[BODY] = RED
    crop[104:118, 90:126] *= 0.7
    noisy = np.clip(crop + rng.normal(0, 1.5, crop.shape), 0, 255).astype(np.uint8)
    flat = np.full((128, 128), 1.5, np.float32), np.ones((128, 128), np.float32)
    (odds,), _ = separate([make_view(noisy, (behind, *flat), SIZE, PERSON)])
    assert (odds[105:117, 47:62] > 0).mean() < 0.1


def test_general_shape_is_the_prior_of_the_unknown() -> None:
    prior = Appearance.unknown().prior(0)
    rows, columns = prior.shape
    assert prior[rows // 2, columns // 2] > 1
    assert prior[rows // 2, 0] < -1
    assert prior[0].max() < -1


def test_a_guessed_background_counts_less() -> None:
    shirt = (134, 118, 116)
    (known,), _ = separate([view(shirt=shirt)])
    (guessed,), _ = separate([view(shirt=shirt, seen=False)])
    inside = known[40:90, 25:40].mean(), guessed[40:90, 25:40].mean()
    assert inside[0] > inside[1] + 2
