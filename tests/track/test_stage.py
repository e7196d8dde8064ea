from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import InputError, WeightsError
from gaitprep.manifest.records import People, VideoRecord
from gaitprep.models.weights import Weights
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, run_stage
from gaitprep.run.stage import Result
from gaitprep.track.config import TrackConfig
from gaitprep.track.resolve import resolve
from gaitprep.track.stage import TrackStage
from gaitprep.video import VideoWriter
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.track.make import HEIGHT, WIDTH, Place, bright_detector, write_people
from tests.video.make import cut


def make_stage(
    folder: Path, videos: dict[str, Path], *, people: People = "many", problem: str | None = None, **settings: object
) -> TrackStage:
    records = [VideoRecord(name, path, people=people, problem=problem) for name, path in videos.items()]
    config = TrackConfig.model_validate(settings)
    return TrackStage(config, WorkDir(folder / "work"), records, Path("no-weights.pt"), bright_detector)


def process(folder: Path, video: Path, people: People = "many", **settings: object) -> tuple[TrackStage, Result]:
    stage = make_stage(folder, {"v": video}, people=people, **settings)
    return stage, stage.process(stage.units()[0])


def across(k: int) -> float:
    return 20 + 4.5 * k


def test_a_walker_becomes_one_tracklet_with_its_crops(tmp_path: Path) -> None:
    stage, result = process(tmp_path, write_people(tmp_path / "v.mp4", [across]))
    assert (result.outcome, result.reason) == ("ok", "")
    assert result.counts == {"frames": 60, "tracklets": 1, "crops": 60, "rejected": 0}
    with open_work_file(stage.work.file("track", "v")) as work:
        assert work.tracklets == ["0001"]
        walker = work["0001"]
        assert walker["rgb"].shape == (60, 128, 128, 3)
        assert walker["rgb"].chunks is None
        types = {name: (d.dtype.str, d.shape) for name, d in walker.items() if name != "rgb"}
        assert types == {
            "box": ("<f4", (60, 4)),
            "detection": ("<f4", (60, 4)),
            "ratio": ("<f4", (60,)),
            "score": ("<f4", (60,)),
            "frame": ("<i8", (60,)),
            "pts": ("<f8", (60,)),
        }
        np.testing.assert_array_equal(walker["frame"], range(60))
        np.testing.assert_allclose(walker["pts"], np.arange(60) / 25, atol=1e-4)
        middles = (walker["detection"][:, 0] + walker["detection"][:, 2]) / 2
        np.testing.assert_allclose(middles[5:-5], 20 + 4.5 * np.arange(60)[5:-5], atol=2)
        box = walker["box"][...]
        np.testing.assert_allclose(walker["ratio"], (box[:, 2] - box[:, 0]) / (box[:, 3] - box[:, 1]), rtol=1e-6)
        crop = walker["rgb"][30]
        assert crop[64, 64].min() > 180  # the walker fills the middle, the ground the corners
        assert crop[2, 2].max() < 80
        table = work.table("_frames")
        np.testing.assert_array_equal(table["persons"], np.ones(60))
        assert {name: column.dtype.str for name, column in table.items()} == {
            "frame": "<i8",
            "pts": "<f8",
            "persons": "<i4",
        }
        assert work.attribute("rejected") == []
        video = work.attribute("video")
        assert (video["width"], video["height"], video["fps"], video["frames"]) == (WIDTH, HEIGHT, 25.0, 60)


def test_every_frame_of_a_tracklet_is_a_row_seen_or_not(tmp_path: Path) -> None:
    behind_a_pillar: Place = lambda k: None if 20 <= k < 30 else across(k)  # noqa: E731
    stage, result = process(tmp_path, write_people(tmp_path / "v.mp4", [behind_a_pillar]))
    assert result.counts["crops"] == 60
    with open_work_file(stage.work.file("track", "v")) as work:
        walker = work["0001"]
        np.testing.assert_array_equal(walker["score"][...] == 0, [20 <= k < 30 for k in range(60)])
        assert walker.attributes["interpolated"] == 10
        assert walker["rgb"][25].max() < 80  # the gap shows what was there: the ground


def test_two_people_become_two_tracklets(tmp_path: Path) -> None:
    back: Place = lambda k: 300 - 4 * k if k < 40 else None  # noqa: E731
    stage, result = process(tmp_path, write_people(tmp_path / "v.mp4", [across, back]))
    assert result.counts["tracklets"] == 2
    assert result.counts["crops"] == 100
    with open_work_file(stage.work.file("track", "v")) as work:
        assert [work.length(name) for name in work.tracklets] == [60, 40]
        np.testing.assert_array_equal(work.table("_frames")["persons"], [2] * 40 + [1] * 20)


def test_beside_the_one_walker_another_person_is_noticed(tmp_path: Path) -> None:
    video = write_people(tmp_path / "v.mp4", [lambda k: 250.0, across])
    stage, result = process(tmp_path, video, people="one")
    assert result.outcome == "ok"
    assert result.reason == "another person was there beside the walker 0001: 0002"
    assert result.details["kept"] == {"0001": 60}
    with open_work_file(stage.work.file("track", "v")) as work:
        assert work.tracklets == ["0001"]
        (rejected,) = work.attribute("rejected")
        assert rejected == {
            "tracklet": "0002",
            "frames": 60,
            "first": 0,
            "last": 59,
            "reason": "another person than the walker 0001",
        }


def test_a_damaged_video_keeps_the_frames_before_the_damage(tmp_path: Path) -> None:
    whole = write_people(tmp_path / "whole.mp4", [across])
    # With the index in front a cut leaves a readable beginning.
    video = cut(_index_first(whole, tmp_path / "front.mp4"), tmp_path / "cut.mp4", 0.7)
    stage, result = process(tmp_path, video)
    assert result.outcome == "partial"
    assert "damaged after" in result.reason
    assert 15 < result.counts["frames"] < 60
    with open_work_file(stage.work.file("track", "v")) as work:
        assert work.length("0001") == result.counts["frames"]
        assert work.attribute("video")["damage"]


def _index_first(path: Path, target: Path) -> Path:
    import av

    with av.open(str(path)) as source, av.open(str(target), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return target


def test_a_video_without_a_person_fails_and_leaves_no_file(tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    stage, _ = process(tmp_path, write_people(video, [across]))
    assert stage.work.file("track", "v").exists()
    stage, result = process(tmp_path, write_people(video, []))
    assert (result.outcome, result.reason) == ("failed", "no person found in 60 frames")
    assert not stage.work.file("track", "v").exists()


def test_when_nobody_is_fit_the_reason_says_why(tmp_path: Path) -> None:
    _, result = process(tmp_path, write_people(tmp_path / "v.mp4", [across]), minimum_height=100)
    assert result.outcome == "failed"
    assert "0001" in result.reason
    assert "less than 100" in result.reason
    assert len(result.details["rejected"]) == 1


def test_a_change_of_picture_size_ends_the_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gaitprep.track import readable
    from gaitprep.video import Frame, read_frames

    def changing(path: Path, **options: str) -> Sequence[Frame]:
        return [
            frame if frame.index < 40 else Frame(frame.index, frame.pts, frame.image[:100])
            for frame in read_frames(path)
        ]

    monkeypatch.setattr(readable, "read_frames", changing)
    _, result = process(tmp_path, write_people(tmp_path / "v.mp4", [across]))
    assert result.outcome == "partial"
    assert "size of the picture changes" in result.reason
    assert result.counts["frames"] == 40


@pytest.mark.parametrize("kind", ["problem", "gone", "empty"])
def test_a_bad_video_costs_its_unit_only(tmp_path: Path, kind: str) -> None:
    good, bad = write_people(tmp_path / "good.mp4", [across]), tmp_path / "bad.mp4"
    if kind != "gone":
        bad.touch()
    stage = make_stage(tmp_path, {"good": good})
    stage._records.append(VideoRecord("bad", bad, problem="listed twice" if kind == "problem" else None))
    summary = run_stage(
        stage, stage.work.ledger("track"), Execution(backend="threading", workers=2), Events(quiet=True)
    )
    assert (summary.count("ok"), summary.count("failed")) == (1, 1)
    reason = summary.records["bad"].reason
    assert {"problem": "listed twice", "gone": "no file", "empty": "zero bytes"}[kind] in reason
    assert not summary.records["bad"].retry
    again = run_stage(stage, stage.work.ledger("track"), Execution(), Events(quiet=True))
    assert again.planned == []


def test_the_same_video_and_settings_give_the_same_bytes(tmp_path: Path) -> None:
    video = write_people(tmp_path / "v.mp4", [across])
    _, one = process(tmp_path / "a", video)
    _, other = process(tmp_path / "b", video)
    assert one.output_digest == other.output_digest


def test_what_affects_the_output_is_in_the_key(tmp_path: Path) -> None:
    videos = {"v": write_people(tmp_path / "v.mp4", [across], 5)}

    def key(**settings: object) -> str:
        people = settings.pop("people", "many")
        stage = make_stage(tmp_path, videos, people=people, **settings)  # type: ignore[arg-type]
        return stage.key(stage.units()[0])

    keys = [key(), key(people="one"), key(margin=0.1), key(model_digest="other")]
    with VideoWriter(videos["v"], WIDTH, HEIGHT, 25) as writer:
        writer.write(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    keys.append(key())
    assert len(set(keys)) == 5


def test_a_video_shorter_than_a_batch(tmp_path: Path) -> None:
    _, result = process(tmp_path, write_people(tmp_path / "v.mp4", [across], 3), minimum_frames=1)
    assert result.counts["crops"] == 3
    with pytest.raises(InputError, match="no file"):
        process(tmp_path, tmp_path / "absent.mp4")


def test_settings_are_filled_in_with_what_they_come_down_to(weights: Weights) -> None:
    config, found = resolve(TrackConfig(device="cpu"))
    assert found.digest == config.model_digest == weights.digest
    assert config.precision in ("bf16", "fp32")
    assert resolve(config)[0] == config
    with pytest.raises(WeightsError, match="digest"):
        resolve(TrackConfig(model_digest="0" * 64))


def test_the_real_network_follows_real_people(
    tmp_path: Path, street: np.typing.NDArray[np.uint8], weights: Weights
) -> None:
    """A camera that pans over a street: three people stay in view, one is cut by the border."""
    with VideoWriter(tmp_path / "v.mp4", 320, 400, 25) as writer:
        for k in range(24):
            writer.write(np.ascontiguousarray(street[140:540, 2 * k : 2 * k + 320]))
    config, found = resolve(TrackConfig(device="cpu", minimum_frames=10))
    stage = TrackStage(config, WorkDir(tmp_path / "work"), [VideoRecord("v", tmp_path / "v.mp4")], found.path)
    result = stage.process(stage.units()[0])
    assert result.outcome == "ok"
    whole = [name for name, frames in result.details["kept"].items() if frames == 24]
    assert len(whole) >= 2
    assert len(result.details["kept"]) <= 4
