from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import StoreError, UsageError
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


@pytest.mark.parametrize("url", ["s3://bucket/store.zarr", "gs://bucket/store.zarr", "file:///tmp/store.zarr"])
def test_a_url_is_no_folder_to_write_into(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is a URL, and only folders are written"):
        check_target(Path(url))
    assert not list(tmp_path.iterdir())


def test_a_store_that_something_else_made_is_not_written_over(copy: Path) -> None:
    check_target(copy, "pack", set())
    for maker in ("import", "subset", "merge"):
        with pytest.raises(StoreError, match="holds a store that gaitprep pack made .*overwritten"):
            check_target(copy, maker)
    (copy / "zarr.json").unlink()
    check_target(copy, "import")


def test_other_content_is_not_touched(copy: Path, tmp_path: Path) -> None:
    (copy / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match=r"thesis\.tex"):
        check_target(copy)
    with pytest.raises(StoreError, match="is a file"):
        check_target(copy / "zarr.json")
