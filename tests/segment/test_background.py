"""Masks from a still background, measured against the truth of toy videos."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.segment import scene as module
from gaitprep.segment.background import BackgroundSegmenter
from gaitprep.segment.clean import clean
from tests.segment.toy import Scene, Tracked, ious, tracked


def masks_of(film: Tracked, block: int = 64) -> tuple[NDArray[np.uint8], list[str], dict[str, object]]:
    """Masks of the whole film, asked for in blocks; warnings; details."""
    with BackgroundSegmenter().prepare(film.video) as segmenter:
        found = [
            clean(segmenter.masks(film.crops[start : start + block]), film.crops[start : start + block].person)
            for start in range(0, len(film.crops), block)
        ]
        return np.concatenate(found), segmenter.warnings, dict(segmenter.details)


@pytest.mark.parametrize(
    ("scene", "median", "least"),
    [
        (Scene(shadow=1), 0.94, 0.92),
        (Scene(), 0.90, 0.87),
        (Scene(noise=7), 0.86, 0.82),
        (Scene(flicker=0.06), 0.90, 0.88),
        (Scene(shadow=0.55), 0.86, 0.80),
        (Scene(step=0.4), 0.90, 0.86),
        (Scene(step=0, start=100, height=60, growth=0.8), 0.89, 0.84),
    ],
    ids=["without shadow", "plain", "noise", "flicker", "shadow", "slow", "along the axis"],
)
def test_agreement_with_the_truth(scene: Scene, median: float, least: float, tmp_path: Path) -> None:
    film = tracked(scene, tmp_path)
    masks, warnings, _ = masks_of(film)
    agreement = ious(masks, film.truths)
    assert np.median(agreement) > median
    assert agreement.min() > least
    assert not warnings


def test_a_moving_camera_is_told(tmp_path: Path) -> None:
    _, warnings, details = masks_of(tracked(Scene(pan=2), tmp_path))
    assert len(warnings) == 1
    assert warnings[0].startswith("camera moves: background masks unreliable")
    assert details["unrest"][0] > 0.3  # type: ignore[index]


def test_every_window_has_a_background_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WINDOW", 21)
    film = tracked(Scene(frames=42, step=3.0), tmp_path)
    masks, _, details = masks_of(film, block=30)  # blocks reach over the border between windows
    assert details["backgrounds"] == 2
    assert np.median(ious(masks, film.truths)) > 0.9


def test_what_was_never_seen_is_noted(tmp_path: Path) -> None:
    walks = masks_of(tracked(Scene(), tmp_path / "a"))[2]["background_never_seen"]
    stands = masks_of(tracked(Scene(step=0.0, start=100.0), tmp_path / "b"))[2]["background_never_seen"]
    assert walks["0001"] < 0.05  # type: ignore[index]
    assert stands["0001"] > 0.3  # type: ignore[index]


def test_the_same_video_gives_the_same_masks(tmp_path: Path) -> None:
    film = tracked(Scene(frames=12), tmp_path)
    np.testing.assert_array_equal(masks_of(film)[0], masks_of(film)[0])


def test_those_who_left_are_forgotten(tmp_path: Path) -> None:
    film = tracked(Scene(frames=8), tmp_path)
    with BackgroundSegmenter().prepare(film.video) as segmenter:
        segmenter.masks(film.crops)
        assert list(segmenter._looks) == ["0001"]  # type: ignore[attr-defined]
        crops = film.crops[:1]
        shifted = type(crops)("0002", crops.rgb, crops.box, crops.detection, crops.frame + 600)
        segmenter.masks(shifted)
        assert list(segmenter._looks) == ["0002"]  # type: ignore[attr-defined]
