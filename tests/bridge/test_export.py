"""Stores to trees and back: the identity, without halves, and in steps."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitprep.bridge.placement import Written
from gaitprep.bridge.to_images import export_images
from gaitprep.bridge.to_opengait import export_opengait, pickled
from gaitprep.errors import StoreError, UsageError
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader, open_store
from tests.bridge.test_stage import tree
from tests.bridge.trees import draw, imported, plain, save_image, star
from tests.builders import Walk, build_store, walks


def export(store: StoreReader, root: Path, **options: object) -> Written:
    with Events(quiet=True) as events:
        return export_opengait(store, root, events, partition=root.with_name("partition.json"), **options)  # type: ignore[arg-type]


def export_pictures(store: StoreReader, root: Path, **options: object) -> Written:
    with Events(quiet=True) as events:
        return export_images(store, root, events, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> StoreReader:
    """A store of `pack`: two views, one sequence twice, one person unlabelled, some frames not valid."""
    sequences = [*walks(2, frames=9), Walk("002", "nm-02", "090", 9, tracklet="0002", invalid=9)]
    sequences[0] = replace(sequences[0], invalid=3)
    sequences.append(Walk(None, "street", "x", 6))
    return open_store(build_store(tmp_path_factory.mktemp("packed"), sequences))


def labels(store: StoreReader) -> list[tuple[str, ...]]:
    table = store.sequences
    return list(zip(table.subject.tolist(), table.condition.tolist(), table.view.tolist(), strict=True))


def same(one: StoreReader, other: StoreReader, names: tuple[str, ...]) -> None:
    assert labels(one) == labels(other)
    assert one.sequences.length.tolist() == other.sequences.length.tolist()
    for name in names:
        np.testing.assert_array_equal(one.read(name, 0, one.frames), other.read(name, 0, other.frames))


def test_export_then_import_is_the_identity(packed: StoreReader, tmp_path: Path) -> None:
    written = export(packed, tmp_path / "tree")
    assert written.files == 4 * len(packed.sequences)
    assert written.invalid == 3
    back = imported(tmp_path / "tree", tmp_path / "back.zarr", partition=tmp_path / "partition.json")
    assert back.arrays == ("rgb", "mask", "silhouette", "ratio", "frame", "valid")
    same(packed, back, ("rgb", "mask", "silhouette", "ratio", "frame"))
    assert packed.protocol is not None
    assert back.protocol is not None
    subjects = packed.sequences.subject.tolist()
    assert back.protocol.split(subjects) == packed.protocol.split(subjects)


@pytest.mark.parametrize("make", [plain, star])
def test_import_then_export_then_import_is_the_same_store(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    first = imported(make(tmp_path / "first"), tmp_path / "1.zarr")
    export(first, tmp_path / "second")
    second = imported(tmp_path / "second", tmp_path / "2.zarr")
    export(second, tmp_path / "third")
    assert tree(tmp_path / "second") == tree(tmp_path / "third")
    third = imported(tmp_path / "third", tmp_path / "3.zarr")
    assert tree(second.path) == tree(third.path)
    same(first, third, first.arrays)


def test_the_field_can_read_what_is_written(packed: StoreReader, tmp_path: Path) -> None:
    export(packed, tmp_path / "tree")
    leaf = tmp_path / "tree/001/nm-01/090"
    files = sorted(path.name for path in leaf.iterdir())
    assert files == ["090-aligned-sils.pkl", "090-ratios.pkl", "090-rgbs.pkl", "090-sils.pkl"]
    arrays = [pickle.loads((leaf / name).read_bytes()) for name in files]
    assert [array.shape[1:] for array in arrays] == [(64, 44), (), (3, 128, 128), (128, 128)]
    assert [array.dtype for array in arrays] == [np.uint8, np.float32, np.uint8, np.uint8]
    assert json.loads((tmp_path / "partition.json").read_text()).keys() == {"TRAIN_SET", "TEST_SET"}


def test_older_numpy_finds_its_names() -> None:
    array = draw(3, 64, 44)
    data = pickled(array[:, ::2])
    assert b"numpy._core" not in data
    np.testing.assert_array_equal(pickle.loads(data), array[:, ::2])


def test_valid_frames_only(packed: StoreReader, tmp_path: Path) -> None:
    valid = packed.read("valid", 0, packed.frames)
    written = export(packed, tmp_path / "tree", frames="valid", arrays=("silhouette",))
    assert (written.invalid, written.left_out) == (0, 0)
    back = imported(tmp_path / "tree", tmp_path / "back.zarr")
    assert back.frames == int(valid.sum()) < packed.frames
    np.testing.assert_array_equal(
        back.read("silhouette", 0, back.frames), packed.read("silhouette", 0, packed.frames)[valid]
    )


def test_silhouettes_of_either_width(tmp_path: Path) -> None:
    store = imported(plain(tmp_path / "first", 1), tmp_path / "1.zarr")
    export(store, tmp_path / "narrow", width=44)
    narrow = imported(tmp_path / "narrow", tmp_path / "2.zarr")
    np.testing.assert_array_equal(narrow.read("silhouette", 0, 9), store.read("silhouette", 0, 9)[:, :, 10:54])
    assert (tmp_path / "narrow/001/nm-01/090/090.pkl").is_file()
    with pytest.raises(StoreError, match="has no rgb"):
        export(store, tmp_path / "other", arrays=("rgb",))
    assert not (tmp_path / "other").exists()


def test_a_second_export_writes_only_what_differs(packed: StoreReader, tmp_path: Path) -> None:
    root = tmp_path / "tree"
    first = export(packed, root)
    (root / "001/nm-01/090/090-sils.pkl").write_bytes(b"half")
    (root / "001/nm-01/000/000-rgbs.pkl").unlink()
    before = (root / "001/nm-01/090/090-rgbs.pkl").stat().st_mtime_ns
    again = export(packed, root)
    assert (again.files, again.kept) == (2, first.files - 2)
    assert (root / "001/nm-01/090/090-rgbs.pkl").stat().st_mtime_ns == before


def test_foreign_files_in_a_leaf_are_named(packed: StoreReader, tmp_path: Path) -> None:
    stranger = tmp_path / "tree/001/nm-01/090/090.pkl"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"001/nm-01/090 holds 090\.pkl, which this export does not write"):
        export(packed, tmp_path / "tree")
    assert stranger.read_bytes() == b"mine"


def test_a_store_and_a_url_are_no_place_for_a_tree(packed: StoreReader) -> None:
    before = tree(packed.path)
    for write in (export, export_pictures):
        with pytest.raises(UsageError, match="is a store or another Zarr group"):
            write(packed, packed.path)
        with pytest.raises(UsageError, match="s3://bucket/tree is a URL"):
            write(packed, Path("s3://bucket/tree"))
    assert tree(packed.path) == before


@pytest.mark.parametrize("array", ["silhouette", "rgb", "mask"])
def test_images_come_back(packed: StoreReader, array: str, tmp_path: Path) -> None:
    written = export_pictures(packed, tmp_path / "tree", array=array)
    assert written.files == packed.frames
    image = cv2.imread(str(tmp_path / "tree/001/nm-01/090/001-nm-01-090-004.png"), cv2.IMREAD_UNCHANGED)
    row = labels(packed).index(("001", "nm-01", "090"))
    expected = packed.sequence(array, row)[4]
    np.testing.assert_array_equal(image[:, :, ::-1] if array == "rgb" else image, expected)
    if array != "mask":
        same(packed, imported(tmp_path / "tree", tmp_path / "back.zarr", "images"), (array, "frame"))
    assert export_pictures(packed, tmp_path / "tree", array=array).files == 0


def test_a_foreign_image_in_a_leaf_is_named(packed: StoreReader, tmp_path: Path) -> None:
    save_image(tmp_path / "tree/001/nm-01/090/other.png", draw(4, 4))
    with pytest.raises(UsageError, match=r"holds other\.png"):
        export_pictures(packed, tmp_path / "tree")
