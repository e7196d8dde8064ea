"""The background: an order statistic without people, guessed where there were always people."""

import numpy as np
from numpy.typing import NDArray

from gaitprep.segment.median import masked_median

NOBODY = np.zeros((9, 48, 64), np.bool_)


def scenes(seed: int = 0, k: int = 9, noise: float = 4) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Noisy samples `[k, 48, 64, 3]` of a scene, and the scene."""
    rng = np.random.default_rng(seed)
    scene = rng.integers(60, 190, (48, 64, 3)).astype(float)
    return np.clip(scene + rng.normal(0, noise, (k, *scene.shape)), 0, 255).round().astype(np.uint8), scene


def test_the_value_is_the_one_of_its_rank() -> None:
    samples, _ = scenes()
    background = masked_median(samples, NOBODY)
    expected = np.sort(samples, axis=0)[6]  # the smallest with at least 70 % of 9 samples at or below it
    np.testing.assert_array_equal(background.colour, expected)
    assert background.seen.all()


def test_people_are_left_out_even_where_they_stand_most_of_the_time() -> None:
    samples, scene = scenes(k=20, noise=1)
    people = np.zeros((20, 48, 64), np.bool_)
    people[:15, 3:9, 4:10] = True
    samples[people] = 250
    background = masked_median(samples, people)
    assert np.abs(background.colour - scene).max() < 5
    assert background.seen.all()


def test_a_shadow_on_a_pixel_half_of_the_time_does_not_count() -> None:
    samples, scene = scenes(k=20, noise=1)
    samples[:12, 20:30] = (samples[:12, 20:30] * 0.6).astype(np.uint8)
    background = masked_median(samples, np.zeros((20, 48, 64), np.bool_))
    assert np.abs(background.colour - scene).max() < 5


def test_a_swing_of_the_light_is_no_spread() -> None:
    samples, scene = scenes(k=20, noise=1)
    gain = 1 + 0.1 * np.sin(np.arange(20))
    swinging = np.clip(samples * gain[:, None, None, None], 0, 255).astype(np.uint8)
    background = masked_median(swinging, np.zeros((20, 48, 64), np.bool_))
    assert np.median(background.spread) < 2
    assert np.abs(background.colour / gain[10] - scene).max() < 6


def test_what_was_never_seen_is_guessed_from_around_and_says_so() -> None:
    samples = np.full((9, 40, 40, 3), 100, np.uint8)
    samples[:, :, 20:] = 140
    people = np.zeros((9, 40, 40), np.bool_)
    people[:, 10:30, 15:25] = True
    samples[people] = 255
    background = masked_median(samples, people)
    assert not background.seen[10:30, 15:25].any()
    assert background.seen.sum() == 1600 - 200
    guessed = background.colour[10:30, 15:25].astype(int)
    assert guessed.min() >= 100
    assert guessed.max() <= 140
    assert guessed[:, 0].mean() < guessed[:, -1].mean(), "it follows what lies beside it"


def test_people_everywhere_give_some_background_and_no_error() -> None:
    samples, _ = scenes()
    background = masked_median(samples, ~NOBODY)
    assert not background.seen.any()
    assert background.colour.shape == (48, 64, 3)


def test_spread_is_the_noise() -> None:
    rng = np.random.default_rng(1)
    samples = np.clip(120 + rng.normal(0, 5, (60, 30, 30, 3)), 0, 255).round().astype(np.uint8)
    background = masked_median(samples, np.zeros((60, 30, 30), np.bool_))
    # Deviations are taken from the rank at 70 %, half a deviation off the middle.
    assert 4.5 < np.median(background.spread) < 6.5


def test_a_single_sample_is_taken_as_it_is() -> None:
    samples, _ = scenes(k=1)
    background = masked_median(samples, NOBODY[:1])
    np.testing.assert_array_equal(background.colour, samples[0])
    assert background.seen.all()
