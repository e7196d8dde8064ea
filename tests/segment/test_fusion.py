"""What a still background adds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.segment.fusion import evidence

SIDE = 64
BOX = np.float32([8, 8, 56, 56])


def behind(
    colour: NDArray[np.uint8], known: float = 1.0
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    return colour, np.ones((SIDE, SIDE), np.float32), np.full((SIDE, SIDE), known, np.float32)


@pytest.fixture
def wall() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(90, 110, (SIDE, SIDE, 3), dtype=np.uint8)


def test_what_looks_like_the_background_is_held_against_body(wall: NDArray[np.uint8]) -> None:
    assert (evidence(wall, behind(wall), BOX) == -1).all()


def test_what_looks_otherwise_speaks_for_body(wall: NDArray[np.uint8]) -> None:
    crop = wall.copy()
    crop[20:44, 20:44] = (200, 60, 60)
    found = evidence(crop, behind(wall), BOX)
    assert (found[24:40, 24:40] == 1.5).all()
    assert (found[:16] < 0).all()


def test_shadow_counts_for_less_than_colour(wall: NDArray[np.uint8]) -> None:
    shadow, paint = wall.copy(), wall.copy()
    shadow[20:44, 20:44] = (shadow[20:44, 20:44] * 0.8).astype(np.uint8)
    paint[20:44, 20:44, 0] += 20
    assert evidence(shadow, behind(wall), BOX)[30, 30] < evidence(paint, behind(wall), BOX)[30, 30]


def test_a_change_of_light_is_no_evidence(wall: NDArray[np.uint8]) -> None:
    brighter = np.clip(wall * 1.15, 0, 255).astype(np.uint8)
    assert evidence(brighter, behind(wall), BOX).max() < 0


def test_nothing_is_said_of_what_was_never_seen(wall: NDArray[np.uint8]) -> None:
    assert (evidence(255 - wall, behind(wall, known=0.0), BOX) == 0).all()
