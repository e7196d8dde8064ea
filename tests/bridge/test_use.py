"""Imported stores in training and evaluation: 64 columns are cut to 44, and what is absent is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gaitprep.errors import StoreError
from gaitprep.evaluate.buckets import read_buckets
from gaitprep.evaluate.embed import Embedder, ValidFrames
from gaitprep.models.compute import compute
from gaitprep.models.registry import build
from gaitprep.store.root import read_root
from gaitprep.store.verify import verify
from tests.bridge.trees import imported, plain
from tests.train.tiny import losses, request, train_quietly


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same silhouettes, 64 and 44 columns wide."""
    folder = tmp_path_factory.mktemp("use")
    root = plain(folder / "tree")
    wide = imported(root, folder / "wide.zarr", name="same")
    narrow = imported(root, folder / "narrow.zarr", name="same", width=44)
    return wide.path, narrow.path


def test_training_is_the_same_from_either_width(stores: tuple[Path, Path], tmp_path: Path) -> None:
    wide, narrow = stores
    train_quietly(request("recognition", wide, steps=2), tmp_path / "wide")
    train_quietly(request("recognition", narrow, steps=2), tmp_path / "narrow")
    assert losses(tmp_path / "wide") == losses(tmp_path / "narrow")


def test_embeddings_are_the_same_from_either_width(stores: tuple[Path, Path]) -> None:
    from gaitprep.store.reader import open_store

    torch.manual_seed(0)
    model = build("gaitgl", channels=[4, 4, 8, 8], classes=2).eval()
    found = []
    for path in stores:
        reader = open_store(path)
        embedder = Embedder(model, compute("cpu", "fp32"))
        (bucket,) = read_buckets(reader, embedder.names, [3], ValidFrames(reader))
        found.append(embedder.embed(bucket))
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=0)


@pytest.mark.parametrize(("phase", "lacking"), [("segmentation", "rgb"), ("joint", "rgb")])
def test_a_phase_that_needs_more_says_so_before_it_starts(
    phase: str, lacking: str, stores: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=rf"wide\.zarr has no {lacking} \(.*it has silhouette, frame, valid\)"):
        train_quietly(request(phase, stores[0]), tmp_path / "run")  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()


def test_an_inventory_without_a_required_array_is_not_whole(stores: tuple[Path, Path], tmp_path: Path) -> None:
    import shutil

    from gaitprep.store.inventory import Inventory
    from gaitprep.store.root import root_bytes

    copy = Path(shutil.copytree(stores[0], tmp_path / "copy.zarr"))
    document, inventory = read_root(copy)
    shutil.rmtree(copy / "frame")
    left = Inventory({key: item for key, item in inventory.items() if not key.startswith("frame/")})
    (copy / "zarr.json").write_bytes(root_bytes(document, left))
    assert {problem.key: problem.fault for problem in verify(copy).problems} == {"frame": "missing"}
