"""Still cameras are told from moving ones, whatever their noise and light."""

from pathlib import Path

import pytest

from gaitprep.segment.camera import MOVES_FROM, unrest
from gaitprep.segment.median import masked_median
from gaitprep.segment.samples import sample_windows
from tests.segment.toy import Scene, tracked


def unrest_of(scene: Scene, folder: Path) -> float:
    """Films the scene and measures."""
    (samples,) = sample_windows(tracked(scene, folder).video, 30, 1000)
    return unrest(samples, masked_median(samples.images, samples.people))


@pytest.mark.parametrize(
    "scene",
    [Scene(), Scene(noise=12), Scene(flicker=0.08), Scene(step=0.3), Scene(step=0, start=100, growth=0.8, height=60)],
    ids=["plain", "noise", "flicker", "slow walker", "along the axis"],
)
def test_still(scene: Scene, tmp_path: Path) -> None:
    assert unrest_of(scene, tmp_path) < 0.9 * MOVES_FROM


@pytest.mark.parametrize("scene", [Scene(pan=0.4), Scene(pan=3), Scene(shake=1)], ids=["slow pan", "pan", "shake"])
def test_moving(scene: Scene, tmp_path: Path) -> None:
    assert unrest_of(scene, tmp_path) > 1.1 * MOVES_FROM
