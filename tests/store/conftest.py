"""One small store of several shards, built once; damage is done to copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gaitprep.pack.config import PackConfig
from gaitprep.store.reader import StoreReader, open_store
from tests.builders import build_store, walks

SHARD_FRAMES = 30


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight sequences of 13 frames in four shards, the last one short."""
    config = PackConfig.model_validate({"shard_frames": SHARD_FRAMES, "silhouette": {"chunk_frames": 15}})
    return build_store(tmp_path_factory.mktemp("store"), walks(subjects=2, frames=13), config=config)


@pytest.fixture
def store(store_path: Path) -> StoreReader:
    return open_store(store_path)


@pytest.fixture
def copy(store_path: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(store_path, tmp_path / "copy.zarr"))
