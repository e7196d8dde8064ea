"""What segmenters are told about videos and crops."""

from pathlib import Path

import numpy as np

from gaitprep.segment.interface import Crops, Video


def test_the_person_in_pixels_of_the_crop() -> None:
    crops = Crops(
        tracklet="0001",
        rgb=np.zeros((2, 128, 128, 3), np.uint8),
        box=np.float32([[100, 40, 164, 168], [0, 0, 10, 10]]),
        detection=np.float32([[108, 56, 156, 152], [-4, -4, 20, 20]]),
        frame=np.array([3, 4]),
    )
    assert len(crops) == 2
    np.testing.assert_allclose(crops.size, [[64, 128], [10, 10]])
    np.testing.assert_allclose(crops.person, [[16, 16, 112, 112], [0, 0, 128, 128]])


def test_boxes_by_frame() -> None:
    frames = np.array([2, 2, 3, 7])
    video = Video(Path("v"), 320, 240, 9, frames, np.arange(16, dtype=np.float32).reshape(4, 4))
    assert video.boxes_at(2).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert video.boxes_at(5).tolist() == []
    assert len(video.boxes_between(3, 8)) == 2
