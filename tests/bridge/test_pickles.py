"""What the pickles of one sequence become, and what is wrong with those that become nothing."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import Content
from gaitprep.bridge.pickles import read_pickles
from gaitprep.errors import SourceError
from tests.bridge.trees import draw, masks


def read(files: dict[str, Any], /, **settings: Any) -> Content:
    config = ImportConfig(form="opengait", **settings)
    return read_pickles([(name, pickle.dumps(value)) for name, value in files.items()], config)


def test_shapes_tell_what_a_file_holds() -> None:
    rgb = draw(4, 3, 128, 128)
    found = read({"a": draw(4, 64, 44), "b": np.full(4, 0.5), "c": rgb, "d": masks(4)}).arrays
    assert set(found) == {"silhouette", "ratio", "rgb", "mask", "valid", "frame"}
    np.testing.assert_array_equal(found["rgb"], rgb.transpose(0, 2, 3, 1))
    assert found["ratio"].dtype == np.float32
    assert found["frame"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("shape", [(4, 3, 64, 32), (4, 64, 32, 3)])
def test_rgb_of_any_size_becomes_crops_with_the_ratio_of_their_shape(shape: tuple[int, ...]) -> None:
    content = read({"c": draw(*shape)})
    assert content.arrays["rgb"].shape == (4, 128, 128, 3)
    assert content.arrays["ratio"].tolist() == [0.5] * 4
    assert content.noticed == {"RGB of 64×32, brought to 128×128": 4}
    given = read({"c": draw(*shape), "r": np.full(4, 0.4)})
    np.testing.assert_allclose(given.arrays["ratio"], 0.4)
    assert "ratio" not in read({"c": draw(*shape)}, wanted=("rgb",)).arrays


def test_an_empty_frame_is_kept_and_not_valid() -> None:
    silhouettes = draw(3, 64, 64)
    silhouettes[1] = 0
    content = read({"090.pkl": silhouettes})
    assert content.arrays["valid"].tolist() == [True, False, True]
    assert content.noticed == {"frames without a person": 1}


def test_masks_are_made_binary_and_that_is_counted() -> None:
    grey = masks(4)
    grey[2, 0, :4] = 1, 127, 128, 254
    content = read({"m": grey})
    assert content.arrays["mask"][2, 0, :4].tolist() == [0, 0, 255, 255]
    assert content.noticed == {"grey masks, cut at 128": 1}


@pytest.mark.parametrize("kind", [bool, np.uint8])
def test_zeros_and_ones_are_brought_to_255(kind: type) -> None:
    content = read({"m": (masks(2) > 0).astype(kind), "s": np.ones((2, 64, 44), kind)})
    np.testing.assert_array_equal(content.arrays["mask"], masks(2))
    assert content.arrays["silhouette"].min() == 255
    assert content.noticed == {}


def test_width_cuts_or_adds_ten_columns() -> None:
    wide = draw(2, 64, 64)
    narrow = read({"s": wide}, width=44).arrays["silhouette"]
    np.testing.assert_array_equal(narrow, wide[:, :, 10:54])
    padded = read({"s": narrow}, width=64).arrays["silhouette"]
    np.testing.assert_array_equal(padded[:, :, 10:54], narrow)
    assert not padded[:, :, :10].any()
    assert not padded[:, :, 54:].any()


def test_unaligned_masks_can_be_aligned() -> None:
    whole = np.zeros((2, 240, 320), np.uint8)
    whole[0, 50:200, 100:150] = 255
    whole[1, 50:52, 100:110] = 200
    content = read({"s": whole}, align=True)
    silhouette = content.arrays["silhouette"]
    assert silhouette.shape == (2, 64, 64)
    assert (silhouette[0] > 127).any(axis=0).sum() == pytest.approx(50 * 64 / 150, abs=1)
    assert content.arrays["valid"].tolist() == [True, False]
    assert content.noticed["grey masks, cut at 128"] == 1


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ({"s": draw(4, 64, 44), "r": np.ones(3)}, {}, "differ in length: silhouette 4, ratio 3"),
        ({"a": draw(4, 64, 44), "b": draw(4, 64, 64)}, {}, "a and b both hold silhouette; .*--file silhouette="),
        ({"a": draw(4, 100, 50)}, {}, r"a holds uint8 \[4, 100, 50\].*--align"),
        ({"a": draw(4, 64, 64).astype(float)}, {}, r"float64 \[4, 64, 64\]"),
        ({"a": np.arange(4)}, {}, r"int64 \[4\]"),
        ({"a": np.array([0.5, 0.0])}, {}, "a holds ratios that are not positive"),
        ({"a": np.array([0.5, np.nan])}, {}, "not positive"),
        ({"a": draw(0, 64, 44)}, {}, "no frame"),
        ({"a": draw(4, 64, 44) // 20}, {}, "brightest pixel is 12, where white is 255 or 1"),
        ({"a": masks(4) // 2}, {}, "brightest pixel is 127"),
        ({"a": draw(4, 1, 64, 44)}, {}, r"uint8 \[4, 1, 64, 44\]"),
        ({"a": draw(4, 64, 44)}, {"files": {"silhouette": "*sils*"}}, "none of its files was chosen"),
        ({"a": np.ones(4)}, {"files": {"silhouette": "a"}}, r"taken for silhouette, but holds float64 \[4\]"),
    ],
)
def test_what_does_not_fit_is_named(files: dict[str, Any], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(files, **settings)


def test_files_and_arrays_are_chosen_by_name() -> None:
    files = {"00-lidar.pkl": draw(4, 64, 64), "01-sils.pkl": draw(4, 64, 44), "02-text.pkl": "no array"}
    content = read(files, files={"silhouette": "01-*"})
    np.testing.assert_array_equal(content.arrays["silhouette"], files["01-sils.pkl"])
    assert "mask" not in read({"m": masks(2), "s": draw(2, 64, 44)}, wanted=("silhouette",)).arrays
