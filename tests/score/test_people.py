"""When a true person counts."""

from pathlib import Path

import numpy as np

from gaitprep.score.config import ScoreConfig
from gaitprep.score.people import TruePerson, true_people
from gaitprep.truth.file import Truth, truth_path
from tests.score.toy import FRAMES, WIDTH, film, person, walker


def read(video: Path, config: ScoreConfig | None = None) -> dict[str, TruePerson]:
    with Truth(truth_path(video)) as truth:
        return {found.name: found for found in true_people(truth, config or ScoreConfig())}


def test_who_is_hidden_does_not_count(tmp_path: Path) -> None:
    full = walker(20, 4)
    visible = full.copy()
    visible[:, :, 60:90] = False
    found = read(film(tmp_path / "a.mp4", [person("001", full, visible)]))["001"]
    share = visible.sum(axis=(1, 2)) / full.sum(axis=(1, 2))
    np.testing.assert_array_equal(found.counted, share >= 0.25)
    assert 0 < found.counted.sum() < FRAMES
    assert (found.visible[found.counted][:, 2] <= found.full[found.counted][:, 2]).all()


def test_who_is_hardly_in_the_picture_does_not_count(tmp_path: Path) -> None:
    masks = walker(WIDTH - 10, -4)
    video = film(tmp_path / "a.mp4", [person("001", masks)])
    with Truth(truth_path(video)) as truth:
        position = truth.position("001")
    found = read(video)["001"]
    assert found.counted.all()  # the middle of what is seen is inside
    assert (position[:, 0] <= WIDTH).all()
    outside = person("001", masks)
    outside.position[:5, 0] = WIDTH + 3
    found = read(film(tmp_path / "b.mp4", [outside]))["001"]
    assert found.counted.tolist() == [False] * 5 + [True] * (FRAMES - 5)


def test_who_is_too_small_does_not_count(tmp_path: Path) -> None:
    video = film(tmp_path / "a.mp4", [person("001", walker(20, 4)), person("far", walker(20, 2, size=(9, 24)))])
    found = read(video)
    assert found["001"].counted.all()
    assert not found["far"].counted.any()
    assert read(video, ScoreConfig(least_height=20))["far"].counted.all()
