from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import StoreError
from gaitprep.store.schema import ARRAYS
from gaitprep.store.writer import check_target, write_shard

RATIO = ARRAYS[3]


def test_a_changed_shard_takes_the_root_away(copy: Path) -> None:
    entry = write_shard(copy, RATIO, 0, np.ones(7, np.float32))
    assert not (copy / "zarr.json").exists()
    assert (copy / entry.key).stat().st_size == entry.size


def test_an_equal_shard_changes_nothing(copy: Path) -> None:
    write_shard(copy, RATIO, 0, np.ones(7, np.float32))
    (copy / "zarr.json").write_text("root")
    before = (copy / "ratio/c/0").stat().st_mtime_ns
    write_shard(copy, RATIO, 0, np.ones(7, np.float32))
    assert (copy / "ratio/c/0").stat().st_mtime_ns == before
    assert (copy / "zarr.json").read_text() == "root"


def test_stores_and_new_folders_may_be_written(copy: Path, tmp_path: Path) -> None:
    check_target(copy)
    check_target(tmp_path / "new")


def test_other_content_is_not_touched(copy: Path, tmp_path: Path) -> None:
    (copy / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match=r"thesis\.tex"):
        check_target(copy)
    with pytest.raises(StoreError, match="is a file"):
        check_target(copy / "zarr.json")
