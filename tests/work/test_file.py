"""Work files: equal lengths, byte-deterministic, whole or absent."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.errors import WorkError
from gaitprep.run.digest import digest_file
from gaitprep.work.file import create_work_file, open_work_file


def _write(path: Path, length: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    arrays = {
        "rgb": rng.integers(0, 256, (length, 8, 8, 3), dtype=np.uint8),
        "mask": rng.integers(0, 2, (length, 8, 8), dtype=np.uint8) * np.uint8(255),
        "pts": rng.random(length),
    }
    with create_work_file(path, {"stage": "test"}) as writer:
        tracklet = writer.tracklet("0001", length, {"why": "chosen"})
        tracklet.write("rgb", arrays["rgb"])
        tracklet.write("mask", arrays["mask"], compress=True)
        pts = tracklet.dataset("pts", dtype="f8")
        for row in range(length):
            pts[row] = arrays["pts"][row]
        writer.table("_frames", {"frame": np.arange(length)})
        writer.attribute("video", {"width": 320})
    return arrays


@settings(max_examples=15, deadline=None)
@given(length=st.integers(0, 400))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.mktemp("work") / "v.h5"
    arrays = _write(path, length)
    with open_work_file(path) as work:
        assert work.tracklets == ["0001"]
        assert work.length("0001") == length
        assert work["0001"].attributes == {"why": "chosen"}
        assert work.provenance == {"stage": "test"}
        assert work.attribute("video") == {"width": 320}
        assert len(work.table("_frames")["frame"]) == length
        for name, values in arrays.items():
            np.testing.assert_array_equal(work["0001"][name][...], values)


def test_equal_contents_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _write(tmp_path / f"{name}.h5", 50)
    assert digest_file(tmp_path / "a.h5") == digest_file(tmp_path / "b.h5")


def test_a_row_too_few_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="2 rows in a tracklet of 3"),
        create_work_file(tmp_path / "v.h5", {}) as writer,
    ):
        writer.tracklet("0001", 3).write("pts", [0.0, 1.0])
    assert list(tmp_path.iterdir()) == []


def test_missing_foreign_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="none.h5 is missing"), open_work_file(tmp_path / "none.h5"):
        pass
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(WorkError, match="text.h5 cannot be read as HDF5"), open_work_file(tmp_path / "text.h5"):
        pass
    import h5py

    h5py.File(tmp_path / "foreign.h5", "w").close()
    with pytest.raises(WorkError, match="not a gaitprep work file"), open_work_file(tmp_path / "foreign.h5"):
        pass
