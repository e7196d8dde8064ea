"""The stage: same seed, same truth; done once, done."""

import json
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest

from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.run.ledger import Ledger
from gaitprep.synth.config import Stressor, SynthConfig
from gaitprep.synth.stage import SynthStage
from gaitprep.truth.file import Truth, truth_path
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter

SMALL = {"subjects": 2, "views": ["090"], "conditions": ["nm-01"], "frames": 6}


def _run(folder: Path, **settings: object) -> Summary:
    stage = SynthStage(SynthConfig.model_validate(SMALL | settings), folder)
    events = Events(folder / ".gaitprep" / "events.jsonl", quiet=True)
    with events:
        return run_stage(stage, Ledger(folder / ".gaitprep" / "ledger"), Execution(workers=1), events)


def _truths(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*.truth.h5"))]


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filmed")
    summary = _run(folder)
    assert summary.count("ok") == 2
    return folder


def test_videos_have_every_frame_on_time(filmed: Path) -> None:
    for video in sorted(filmed.rglob("*.mp4")):
        with av.open(str(video)) as container, Truth(truth_path(video)) as truth:
            frames = list(container.decode(video=0))
            assert (frames[0].width, frames[0].height) == (320, 240)
            np.testing.assert_allclose([float(frame.time) for frame in frames], truth.pts, atol=1e-4)


def test_the_picture_shows_the_walker_where_the_truth_says(filmed: Path) -> None:
    video = filmed / "001" / "001-nm-01-090.mp4"
    with av.open(str(video)) as container, Truth(truth_path(video)) as truth:
        images = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(float)
        moving = np.abs(images[0] - images[5]).max(axis=2) > 40
        either = truth.mask("001", 0) | truth.mask("001", 5)
        assert moving.sum() > 300
        assert (moving & either).sum() > 0.9 * moving.sum()


def test_a_second_run_does_nothing(filmed: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in filmed.rglob("*.mp4")}
    summary = _run(filmed)
    assert (summary.planned, summary.reused) == ([], 2)
    assert before == {path: path.stat().st_mtime_ns for path in filmed.rglob("*.mp4")}


def test_the_same_seed_gives_the_same_truth_and_another_another(filmed: Path, tmp_path: Path) -> None:
    _run(tmp_path / "same")
    _run(tmp_path / "other", seed=2)
    assert _truths(tmp_path / "same") == _truths(filmed)
    assert not set(_truths(tmp_path / "other")) & set(_truths(filmed))


def test_only_what_is_missing_is_filmed(filmed: Path, tmp_path: Path) -> None:
    _run(tmp_path)
    first = tmp_path / "001" / "001-nm-01-090.mp4"
    truth_path(first).unlink()
    (tmp_path / "002" / "002-nm-01-090.mp4").write_bytes(b"cut")
    summary = _run(tmp_path, subjects=3)
    assert [why for _, why in summary.planned] == ["output missing or damaged", "output missing or damaged", "new"]
    assert _truths(tmp_path)[:2] == _truths(filmed)
    assert SynthStage(SynthConfig.model_validate(SMALL), tmp_path).strangers() == [
        tmp_path / "003" / "003-nm-01-090.mp4"
    ]


def test_one_walk_is_the_same_for_all_cameras(filmed: Path, tmp_path: Path) -> None:
    _run(tmp_path, views=["000", "090"], subjects=1)
    with (
        Truth(tmp_path / "001" / "001-nm-01-000.truth.h5") as front,
        Truth(tmp_path / "001" / "001-nm-01-090.truth.h5") as side,
    ):
        np.testing.assert_array_equal(front.position("001"), side.position("001"))
        assert front.person("001") == side.person("001")
        root = np.append(side.position("001")[3], 1.0)
        u, v, w = side.camera[3] @ root
        x0, y0, x1, y1 = side.box("001")[3]
        assert x0 < u / w < x1
        assert y0 < v / w < y1


@pytest.fixture(scope="module")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stressed")
    for stressor in get_args(Stressor):
        summary = _run(folder / stressor, subjects=1, frames=24, stressors=[stressor])
        assert summary.count("ok") == 1
    return folder


@pytest.mark.parametrize("stressor", get_args(Stressor))
def test_the_truth_of_every_stressor_fits_its_video(stressed: Path, stressor: str) -> None:
    video = stressed / stressor / "001" / "001-nm-01-090.mp4"
    with Truth(truth_path(video)) as truth:
        assert truth.stressors == [stressor]
        truth.check(video)
        shown = [frame.image.astype(int) for frame in read_frames(video)]
        np.testing.assert_allclose([frame.pts for frame in read_frames(video)], truth.pts, atol=1e-4)
        levels = np.array([image.mean() for image in shown])
        hidden = truth.pixels("001", full=True) - truth.pixels("001")
        still = len(np.unique(truth.camera, axis=0)) == 1
        assert still == (stressor != "jitter")
        assert (np.ptp(truth.exposure) > 0.1) == (stressor == "flicker")
        assert (np.corrcoef(levels, truth.exposure)[0, 1] > 0.95) if stressor == "flicker" else True
        assert (np.ptp(np.diff(truth.pts)) > 0.01) == (stressor == "variable-rate")
        assert (levels.mean() < 70) == (stressor == "low-light")
        assert (truth.people == ["001"]) == (stressor != "crossing")
        assert (hidden.max() > 300) == (stressor == "occluder")
        assert (truth.visible_box("001")[:, 2:] <= truth.box("001")[:, 2:]).all()


def test_passers_by_are_people_of_their_own(tmp_path: Path) -> None:
    _run(tmp_path, world="outdoor", conditions=["1"], views=["08"], subjects=2, passers=1.0, frames=40)
    names = []
    for path in sorted(tmp_path.rglob("*.truth.h5")):
        with Truth(path) as truth:
            names += truth.people
            for name in truth.people:
                assert truth.person(name)["role"] == ("walker" if name == truth.about["subject"] else "passer-by")
            assert truth.about["site"] == "street"
            assert json.loads(truth.about["light"])["height"] > 30
    assert "passer-1" in names


def test_an_interrupted_run_goes_on_where_it_was(filmed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = VideoWriter.write

    def breaks(self: VideoWriter, image: np.ndarray, pts: float | None = None) -> None:
        if "002" in str(self._path) and pts and pts > 0.1:
            raise KeyboardInterrupt
        written(self, image, pts)

    monkeypatch.setattr(VideoWriter, "write", breaks)
    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path)
    monkeypatch.undo()
    assert not list(tmp_path.rglob("*002-nm*"))
    summary = _run(tmp_path)
    assert summary.planned == [("002/002-nm-01-090", "new")]
    assert _truths(tmp_path) == _truths(filmed)
