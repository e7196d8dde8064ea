"""Cloth: patterns that belong to places on it."""

import numpy as np
import pytest

from gaitprep.synth.cloth import COLUMNS, Cloth, dye, nothing_known

RED, BLUE = (200, 20, 20), (20, 20, 200)


def _dye(row: np.ndarray, x: float, y: float, z: float, arm: float, known: np.ndarray | None = None) -> np.ndarray:
    return np.array(dye(row[None], 0, x, y, z, arm, nothing_known() if known is None else known))


def _shares(cloth: Cloth, points: np.ndarray) -> np.ndarray:
    row = cloth.row()
    return np.array([_dye(row, x, y, z, -0.1)[0] for x, y, z in points])


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return np.random.default_rng(3).uniform(-0.4, 0.6, (600, 3))


def test_plain_cloth_has_one_colour(points: np.ndarray) -> None:
    assert len(Cloth(RED).row()) == COLUMNS
    assert not _shares(Cloth(RED), points).any()
    assert _dye(Cloth(RED).row(), 0.1, 0.2, 0.3, -0.1)[1] == 1.0


@pytest.mark.parametrize("pattern", ["stripe", "check", "noise", "gradient", "patches"])
def test_patterns_show_both_colours(pattern: str, points: np.ndarray) -> None:
    share = _shares(Cloth(RED, pattern, BLUE, 0.08, salt=5), points)
    assert share.min() >= 0.0
    assert share.max() <= 1.0
    assert 0.1 < (share > 0.45).mean() < 0.95
    assert 0.1 < (share < 0.55).mean() < 0.95


def test_stripes_repeat_after_their_scale_and_follow_the_sleeve(points: np.ndarray) -> None:
    across, upright = (Cloth(RED, "stripe", BLUE, 0.07, upright=way) for way in (False, True))
    lower = points - [0.0, 0.0, 0.07]
    np.testing.assert_allclose(_shares(across, points), _shares(across, lower), atol=1e-6)
    level = points * [1.0, 1.0, 0.0]
    assert np.ptp(_shares(across, level)) == 0.0
    np.testing.assert_allclose(_shares(upright, points), _shares(upright, level), atol=1e-12)
    row = across.row()
    assert _dye(row, 0.0, 0.0, 0.3, 0.2)[0] == _dye(row, 0.0, 0.0, 0.5, 0.2)[0]


def test_spots_of_two_cloths_lie_elsewhere(points: np.ndarray) -> None:
    one, other = (_shares(Cloth(RED, "noise", BLUE, 0.06, salt=salt), points) for salt in (1, 2))
    assert np.abs(one - other).mean() > 0.1


def test_folds_brighten_as_much_as_they_darken(points: np.ndarray) -> None:
    row = Cloth(RED, folds=0.3).row()
    bright = np.array([_dye(row, x, y, z, -0.1)[1] for x, y, z in points])
    assert bright.mean() == pytest.approx(1.0, abs=0.02)
    assert 0.04 < bright.std() < 0.15


def test_what_is_remembered_of_the_last_place_changes_nothing(points: np.ndarray) -> None:
    rows = [Cloth(RED, "noise", BLUE, 0.3, salt=salt, folds=0.2).row() for salt in (1, 2)]
    known = nothing_known()
    for place, (x, y, z) in enumerate(np.sort(points, axis=0)):
        row = rows[place // 7 % 2]
        np.testing.assert_array_equal(_dye(row, x, y, z, -0.1, known), _dye(row, x, y, z, -0.1))
