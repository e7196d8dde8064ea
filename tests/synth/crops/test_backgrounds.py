"""Backgrounds from a folder: read, split into training and held-out ones, and refused when there are none."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitprep.errors import InputError
from gaitprep.synth.crops.backgrounds import backgrounds_digest, load_backgrounds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(10):
        cv2.imwrite(str(tmp_path / f"panorama-{number}.png"), np.full((8, 16, 3), number, np.uint8))
    return tmp_path


def test_no_picture_is_both_trained_on_and_held_out(folder: Path) -> None:
    seen = {int(picture[0, 0, 0]) for picture in load_backgrounds(1, folder, False).panoramas}
    unseen = {int(picture[0, 0, 0]) for picture in load_backgrounds(1, folder, True).panoramas}
    assert seen | unseen == set(range(10))
    assert unseen == {4, 9}


def test_procedural_surfaces_alone_will_do() -> None:
    found = load_backgrounds(9, None, False)
    assert len(found.textures) == 6
    assert not found.panoramas
    assert all(picture.std() > 0 for picture in found.textures)


def test_the_digest_follows_the_pictures(folder: Path) -> None:
    before = backgrounds_digest(folder)
    cv2.imwrite(str(folder / "panorama-3.png"), np.zeros((8, 16, 3), np.uint8))
    assert backgrounds_digest(folder) != before != backgrounds_digest(None)


def test_a_folder_without_backgrounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no backgrounds"):
        load_backgrounds(1, tmp_path, False)
