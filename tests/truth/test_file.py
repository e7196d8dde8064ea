"""Truth files: what goes in comes out, byte for byte; what is none is refused."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from gaitprep.errors import InputError
from gaitprep.truth.file import PersonTruth, Truth, boxes, truth_path, write_truth
from gaitprep.video.writer import VideoWriter

HEIGHT, WIDTH, FRAMES = 20, 27, 5


def _person(name: str, hidden: bool) -> PersonTruth:
    random = np.random.default_rng(len(name))
    full = random.random((FRAMES, HEIGHT, WIDTH)) > 0.6
    visible = full & (random.random(full.shape) > 0.3) if hidden else full.copy()
    phase, position = random.random(FRAMES), random.random((FRAMES, 3))
    return PersonTruth(name, {"gait": {"cadence": 110.5}}, full, visible, full[:, 0, 0], phase, position)


def _write(path: Path) -> list[PersonTruth]:
    people = [_person("001", hidden=True), _person("passer-by", hidden=False)]
    about = {"subject": "001", "width": WIDTH, "height": HEIGHT, "fps": 25.0}
    write_truth(path, about, np.arange(FRAMES) / 25, np.zeros((FRAMES, 3, 4)), people)
    return people


def test_what_is_written_is_read(tmp_path: Path) -> None:
    people = _write(tmp_path / "a.truth.h5")
    with Truth(tmp_path / "a.truth.h5") as truth:
        assert len(truth) == FRAMES
        assert truth.people == ["001", "passer-by"]
        assert truth.about["fps"] == 25.0
        assert truth.pts[-1] == (FRAMES - 1) / 25
        for person in people:
            assert truth.person(person.name) == person.about
            for frame in range(FRAMES):
                np.testing.assert_array_equal(truth.mask(person.name, frame), person.visible[frame])
                np.testing.assert_array_equal(truth.mask(person.name, frame, full=True), person.full[frame])
            np.testing.assert_array_equal(truth.box(person.name), boxes(person.full))
            np.testing.assert_array_equal(truth.whole(person.name), person.whole)
            np.testing.assert_allclose(truth.phase(person.name), person.phase, atol=1e-5)
            np.testing.assert_allclose(truth.position(person.name), person.position, atol=1e-4)


def test_equal_truths_are_equal_bytes(tmp_path: Path) -> None:
    _write(tmp_path / "a.truth.h5")
    _write(tmp_path / "b.truth.h5")
    assert (tmp_path / "a.truth.h5").read_bytes() == (tmp_path / "b.truth.h5").read_bytes()


def test_last_digits_that_differ_between_processors_are_not_kept(tmp_path: Path) -> None:
    cameras = np.random.default_rng(2).uniform(-900, 900, (FRAMES, 3, 4)).round(3)
    for name, error in (("a", 0.0), ("b", 1e-12)):
        write_truth(tmp_path / f"{name}.truth.h5", {}, np.arange(FRAMES) / 25, cameras + error, [])
    assert (tmp_path / "a.truth.h5").read_bytes() == (tmp_path / "b.truth.h5").read_bytes()


@settings(max_examples=40, deadline=None)
@given(arrays(bool, (3, 9, 11)))
def test_boxes_are_tight(masks: np.ndarray) -> None:
    for mask, (x0, y0, x1, y1) in zip(masks, boxes(masks).astype(int), strict=True):
        inside = mask[y0:y1, x0:x1]
        assert inside.sum() == mask.sum()
        if mask.any():
            assert inside[0].any()
            assert inside[-1].any()
            assert inside[:, 0].any()
            assert inside[:, -1].any()


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        Truth(tmp_path / "absent.truth.h5")
    (tmp_path / "text.truth.h5").write_text("not HDF5")
    with pytest.raises(InputError, match="cannot read"):
        Truth(tmp_path / "text.truth.h5")
    with h5py.File(tmp_path / "other.truth.h5", "w") as file:
        file.attrs["format"] = "something else"
    with pytest.raises(InputError, match="not a truth file of version 2"):
        Truth(tmp_path / "other.truth.h5")


def test_the_truth_lies_beside_its_video() -> None:
    assert truth_path(Path("raw/001/001-nm-01-090.mp4")) == Path("raw/001/001-nm-01-090.truth.h5")


def _film(path: Path, frames: int = FRAMES, width: int = 64, fps: float = 25.0) -> Path:
    with VideoWriter(path, width, 48, fps) as writer:
        for level in range(frames):
            writer.write(np.full((48, width, 3), 20 * level, np.uint8))
    return path


def test_a_truth_is_checked_against_its_video(tmp_path: Path) -> None:
    about = {"subject": "001", "width": 64, "height": 48, "fps": 25.0}
    write_truth(tmp_path / "a.truth.h5", about, np.arange(FRAMES) / 25, np.zeros((FRAMES, 3, 4)), [])
    with Truth(tmp_path / "a.truth.h5") as truth:
        truth.check(_film(tmp_path / "a.mp4"))
        with pytest.raises(InputError, match="the video has 4 frames, the truth 5"):
            truth.check(_film(tmp_path / "short.mp4", frames=4))
        with pytest.raises(InputError, match="the video has 6 frames, the truth 5"):
            truth.check(_film(tmp_path / "long.mp4", frames=6))
        with pytest.raises(InputError, match="the video is 80×48, the truth 64×48"):
            truth.check(_film(tmp_path / "wide.mp4", width=80))
        with pytest.raises(InputError, match="frame 1 is shown at 0.033 s, by the truth at 0.040 s"):
            truth.check(_film(tmp_path / "fast.mp4", fps=30.0))


def test_boxes_and_counts_of_what_is_seen_and_what_is_there(tmp_path: Path) -> None:
    hidden = _write(tmp_path / "a.truth.h5")[0]
    with Truth(tmp_path / "a.truth.h5") as truth:
        np.testing.assert_array_equal(truth.visible_box("001"), boxes(hidden.visible))
        np.testing.assert_array_equal(truth.pixels("001"), hidden.visible.sum(axis=(1, 2)))
        np.testing.assert_array_equal(truth.pixels("001", full=True), hidden.full.sum(axis=(1, 2)))
        np.testing.assert_array_equal(truth.exposure, np.ones(FRAMES))
        assert truth.stressors == []
