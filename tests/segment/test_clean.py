"""Clean-up keeps one body, fills its pinholes, and mends what is ragged."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.segment.clean import clean

PERSON = np.float32([20, 10, 108, 118])


def clean_one(mask: NDArray[np.uint8], person: NDArray[np.float32] = PERSON) -> NDArray[np.uint8]:
    """Cleans one mask."""
    return clean(mask[None], person[None])[0]


def blank() -> NDArray[np.uint8]:
    """An empty mask."""
    return np.zeros((128, 128), np.uint8)


def test_a_clean_mask_stays_as_it_is() -> None:
    mask = cv2.ellipse(blank(), (64, 64), (25, 50), 0, 0, 360, 255, -1)
    np.testing.assert_array_equal(clean_one(mask), mask)


def test_a_larger_neighbour_at_the_side_gives_way_to_the_person_in_the_middle() -> None:
    mask = blank()
    mask[20:110, 55:75] = 255
    mask[5:125, 96:128] = 255
    cleaned = clean_one(mask)
    assert cleaned[20:110, 55:75].all()
    assert not cleaned[:, 80:].any()


def test_near_parts_stay_together_and_far_crumbs_go() -> None:
    mask = blank()
    mask[20:60, 55:75] = mask[63:110, 55:75] = 255  # parted by a belt of 3 rows
    mask[100:104, 95:99] = 255
    cleaned = clean_one(mask)
    assert cleaned[20:60, 55:75].all()
    assert cleaned[63:110, 55:75].all()
    assert not cleaned[:, 90:].any()
    assert not cleaned[60:63].any(), "what parts them is not filled"


def test_pinholes_close_and_a_bent_arm_stays_open() -> None:
    mask = blank()
    mask[15:115, 40:90] = 255
    mask[50:54, 60:64] = 0
    mask[30:50, 70:85] = 0
    cleaned = clean_one(mask)
    assert cleaned[50:54, 60:64].all()
    assert not cleaned[30:50, 70:85].any()


def test_a_bay_at_the_edge_of_the_crop_is_no_hole() -> None:
    mask = np.full((128, 128), 255, np.uint8)
    mask[126:, 60:64] = 0
    assert not clean_one(mask, np.float32([0, 0, 128, 128]))[126:, 60:64].any()


@pytest.mark.parametrize("person", [PERSON, np.float32([0, 0, 128, 128])])
def test_empty_stays_empty(person: NDArray[np.float32]) -> None:
    assert not clean_one(blank(), person).any()


def test_a_mask_outside_the_box_is_nobody() -> None:
    mask = blank()
    mask[:, :10] = 255
    assert not clean_one(mask).any()


def test_any_foreground_value_comes_out_as_255() -> None:
    mask = blank()
    mask[20:100, 50:80] = 1
    assert set(np.unique(clean_one(mask))) == {0, 255}


def test_teeth_and_cuts_are_mended() -> None:
    body = cv2.ellipse(blank(), (64, 64), (25, 50), 0, 0, 360, 255, -1)
    ragged = body.copy()
    ragged[20:110:6, 30:70] = 0
    ragged[21:110:6, 30:70] = 0
    cleaned = clean_one(ragged)
    assert (cleaned != body).sum() < 0.25 * (ragged != body).sum()


def test_thin_hands_and_feet_of_a_sound_mask_are_left() -> None:
    body = cv2.ellipse(blank(), (64, 60), (20, 45), 0, 0, 360, 255, -1)
    cv2.line(body, (80, 50), (100, 62), 255, 3)
    cv2.line(body, (60, 100), (48, 112), 255, 4)
    np.testing.assert_array_equal(clean_one(body), body)
