"""What the images of one sequence become."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import Content
from gaitprep.bridge.pictures import read_pictures
from gaitprep.errors import SourceError
from tests.bridge.trees import draw


def encode(image: np.ndarray, suffix: str = ".png") -> bytes:
    return bytes(cv2.imencode(suffix, image[:, :, ::-1] if image.ndim == 3 else image)[1])


def read(files: dict[str, Any], **settings: Any) -> Content:
    data = [(name, item if isinstance(item, bytes) else encode(item)) for name, item in files.items()]
    return read_pictures(data, ImportConfig(form="images", **settings))


def test_frames_are_ordered_by_number_not_by_letters() -> None:
    frames = {f"001-nm-01-090-{number}.png": draw(64, 64, seed=number) for number in (10, 9, 100)}
    content = read(frames)
    assert content.arrays["frame"].tolist() == [9, 10, 100]
    np.testing.assert_array_equal(content.arrays["silhouette"][0], frames["001-nm-01-090-9.png"])
    assert content.noticed == {"silhouettes with grey pixels, kept": 3}


def test_the_number_that_differs_is_the_frame() -> None:
    content = read({f"{number}_mask0.png": draw(64, 44, seed=number) for number in (10, 9, 2)})
    assert content.arrays["frame"].tolist() == [2, 9, 10]
    np.testing.assert_array_equal(content.arrays["silhouette"][0], draw(64, 44, seed=2))
    assert read({"3_mask0.png": draw(64, 44)}).arrays["frame"].tolist() == [0]


def test_all_frames_of_a_sequence_share_one_scale() -> None:
    dark = np.zeros((64, 44), np.uint8)
    dark[3, 3] = 1
    content = read({"1.png": dark, "2.png": draw(64, 44)})
    np.testing.assert_array_equal(content.arrays["silhouette"][0], dark)
    whole = np.zeros((240, 320), np.uint8)
    whole[50:200, 100:150] = 255
    faint = np.minimum(whole, 1)
    assert read({"1.png": faint, "2.png": whole}, align=True).arrays["valid"].tolist() == [False, True]
    assert read({"1.png": faint, "2.png": faint}, align=True).arrays["valid"].tolist() == [True, True]


def test_pictures_wider_than_high_are_counted() -> None:
    content = read({"1.png": draw(240, 320, 3), "2.png": draw(200, 100, 3)})
    assert content.noticed == {"RGB images wider than high (whole pictures are for gaitprep track)": 1}


def test_colours_are_not_aligned() -> None:
    with pytest.raises(SourceError, match="in colour, and only silhouettes are aligned.*--kind silhouette"):
        read({"1.png": draw(200, 100, 3)}, align=True)


@pytest.mark.parametrize("align", [False, True])
def test_numbers_of_classes_are_no_silhouette(align: bool) -> None:
    with pytest.raises(SourceError, match="brightest pixel is 15, where white is 255 or 1"):
        read({"1.png": np.full((64, 44), 15, np.uint8), "2.png": np.zeros((64, 44), np.uint8)}, align=align)


def test_names_without_numbers_keep_their_order() -> None:
    assert read({"a.png": draw(64, 44), "b.png": draw(64, 44)}).arrays["frame"].tolist() == [0, 1]


def test_black_and_white_in_three_channels_or_as_ones_is_a_silhouette() -> None:
    white = np.full((64, 44), 255, np.uint8)
    for image in (np.repeat(white[:, :, None], 3, axis=2), np.ones((64, 44), np.uint8), white):
        content = read({"1.png": image})
        np.testing.assert_array_equal(content.arrays["silhouette"][0], white)


def test_colour_images_of_any_size_are_crops_with_their_ratio() -> None:
    content = read({"1.png": draw(200, 100, 3), "2.png": draw(100, 80, 3)})
    assert content.arrays["rgb"].shape == (2, 128, 128, 3)
    assert content.arrays["ratio"].tolist() == [0.5, pytest.approx(0.8)]
    same = draw(128, 128, 3)
    np.testing.assert_array_equal(read({"1.png": same}).arrays["rgb"][0], same)
    # A grey scene is still a crop when it is said to be.
    assert "rgb" in read({"1.png": np.repeat(draw(50, 50, 1), 3, axis=2)}, content="rgb").arrays


def test_whole_pictures_are_aligned_each_at_its_size() -> None:
    large, small = np.zeros((240, 320), np.uint8), np.zeros((120, 160), np.uint8)
    large[50:200, 100:150], small[25:100, 50:75] = 255, 255
    content = read({"1.png": large, "2.png": small, "3.png": np.zeros((240, 320), np.uint8)}, align=True, width=44)
    silhouettes = content.arrays["silhouette"]
    assert silhouettes.shape == (3, 64, 44)
    assert np.abs(silhouettes[0].astype(int) - silhouettes[1]).mean() < 3
    assert content.arrays["valid"].tolist() == [True, True, False]


def test_grey_masks_are_cut_before_alignment() -> None:
    image = np.zeros((100, 100), np.uint8)
    image[20:80, 40:60], image[20:80, 60:90] = 200, 100
    content = read({"1.png": image}, align=True)
    assert content.noticed == {"grey masks, cut at 128": 1}
    assert (content.arrays["silhouette"][0] > 127).any(axis=0).sum() == pytest.approx(64 / 3, abs=1)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"1.png": draw(64, 64), "2.png": draw(64, 44)}, r"differ in size: 64×64 at first, 44×64 at 2\.png.*--align"),
        ({"1.png": draw(240, 320)}, "320×240 pixels, silhouettes are 44×64 or 64×64; .*--align"),
        ({"25.png": draw(64, 64), "025.png": draw(64, 64)}, r"25\.png and 025\.png are both frame 25"),
        ({"1.png": draw(64, 64), "2.png": b"not an image"}, r"2\.png is no image"),
        ({"1.png": b""}, r"1\.png is no image"),
        ({"1.png": encode(draw(64, 64))[:60]}, r"1\.png is no image"),
        ({"1.png": encode(draw(64, 64))[:-20]}, r"1\.png is no image .*cut off"),
        ({"1.jpg": encode(draw(64, 64), ".jpg")[:-90]}, r"1\.jpg is no image"),
        ({"1.png": draw(64, 64).astype(np.uint16) * 256}, "uint16 pixels"),
        ({"1.png": draw(64, 64, 3), "2.png": draw(64, 64)}, r"2\.png is grey, others are in colour"),
    ],
)
def test_what_does_not_fit_is_named(files: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(files)
