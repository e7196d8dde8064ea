"""Work folders against truth files, from file to figures."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gaitprep.errors import WorkError
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.score.config import ScoreConfig
from gaitprep.score.stage import ScoreStage
from gaitprep.score.summary import as_json, targets
from gaitprep.score.tables import markdown, target_lines
from gaitprep.truth.file import truth_path
from gaitprep.work.layout import WorkDir
from tests.score.toy import FRAMES, build, film, person, record, walker

WALKER, PASSER = walker(20, 4), walker(150, -4)
VIDEO = "001/001-nm-01-090"


def run(work: WorkDir, *, config: ScoreConfig | None = None, truth: Path | None = None) -> tuple[ScoreStage, Summary]:
    stage = ScoreStage(config or ScoreConfig(), work, truth)
    with Events(quiet=True) as events:
        return stage, run_stage(stage, work.ledger("score"), Execution(workers=1), events)


def overall(work: WorkDir) -> dict[str, Any]:
    stage, summary = run(work)
    assert summary.count("failed") == 0, summary.records
    found: dict[str, Any] = as_json([stage.read(VIDEO)], {})["overall"]
    return found


def reason(work: WorkDir, **options: Any) -> str:
    _, summary = run(work, **options)
    assert summary.records[VIDEO].outcome == "failed"
    return summary.records[VIDEO].reason


def test_a_perfect_pipeline_is_perfect(tmp_path: Path) -> None:
    found = overall(build(tmp_path, [person("001", WALKER)], {"0001": WALKER}))
    assert found.pop("videos") == found.pop("HOTA") == 1
    assert (found.pop("IDSW"), found.pop("invalid")) == (0, 0)
    assert set(found.values()) == {1.0}


def test_rejected_tracklets_count_for_tracking_only(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER), person("101", PASSER)], {"0001": WALKER}, {"0002": PASSER})
    found = overall(work)
    assert (found["IDF1"], found["coverage"], found["purity"]) == (1, 1, 1)
    alone = build(tmp_path / "b", [person("001", WALKER), person("101", PASSER)], {"0001": WALKER})
    assert overall(alone)["IDF1"] < 1
    assert overall(alone)["coverage"] == 1


def test_a_shifted_mask_costs_masks_but_not_silhouettes(tmp_path: Path) -> None:
    shift = 6  # within the crop's margin
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER}, change=lambda mask: np.roll(mask, shift, axis=1))
    found = overall(work)
    # A body of 24 pixels in a crop of 28 is 110 wide in the crop, its legs and head a third of that.
    torso, limb = (110 - shift) / (110 + shift), (110 / 3 - shift) / (110 / 3 + shift)
    assert limb < found["mask"] < torso
    assert found["boundary"] < 0.75
    assert found["silhouette"] > 0.97, "the aligner centres bodies"


def test_empty_masks_are_missed_and_counted_as_invalid(tmp_path: Path) -> None:
    found = overall(build(tmp_path, [person("001", WALKER)], {"0001": WALKER}, change=np.zeros_like))
    assert (found["mask"], found["boundary"], found["invalid"]) == (0, 0, 1)
    assert found["silhouette"] is None


def test_frames_in_which_the_walker_is_hidden_have_no_mask_score(tmp_path: Path) -> None:
    visible = WALKER.copy()
    visible[8:12] = False
    work = build(tmp_path, [person("001", WALKER, visible)], {"0001": WALKER})
    stage, _ = run(work)
    scored = stage.read(VIDEO)["frames"]["iou"]
    assert [value is None for value in scored] == [8 <= frame < 12 for frame in range(FRAMES)]


def test_only_what_is_asked_for_is_scored(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER}, stages=("track",))
    with pytest.raises(WorkError, match=r"segment cannot be scored: .* holds no result of 'segment'") as raised:
        ScoreStage(ScoreConfig(), work).units()
    assert "--stage" in raised.value.next_step
    stage, _ = run(work, config=ScoreConfig(parts=("track",)))
    assert "frames" not in stage.read(VIDEO)


def test_a_second_run_does_nothing_until_the_truth_changes(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER})
    run(work)
    assert run(work)[1].planned == []
    film(tmp_path / "raw" / f"{VIDEO}.mp4", [person("001", walker(21, 4))])
    assert [name for name, _ in run(work)[1].planned] == [VIDEO]


def test_a_video_without_truth_is_named(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER})
    truth = truth_path(tmp_path / "raw" / f"{VIDEO}.mp4")
    elsewhere = tmp_path / "truths" / f"{VIDEO}.truth.h5"
    elsewhere.parent.mkdir(parents=True)
    truth.rename(elsewhere)
    assert "there is no truth file" in reason(work)
    assert run(work, truth=tmp_path / "truths")[1].count("ok") == 1


def test_the_truth_of_another_video_is_refused(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER})
    video = tmp_path / "raw" / f"{VIDEO}.mp4"
    film(video, [person("001", WALKER)], width=100)
    assert "100×120 pixels, the video of 200×120" in reason(work)
    other = build(tmp_path / "b", [person("001", WALKER)], {"0001": WALKER})
    _shorten(truth_path(tmp_path / "b" / "raw" / f"{VIDEO}.mp4"))
    assert f"it has {FRAMES - 3} frames, the video {FRAMES}" in reason(other)


def _shorten(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        pts = file["pts"][: FRAMES - 3]
        del file["pts"]
        file["pts"] = pts


def test_a_video_that_tracking_failed_on_is_all_missed(tmp_path: Path) -> None:
    work = build(tmp_path, [person("001", WALKER)], {"0001": WALKER})
    record(work, "track", VIDEO, outcome="failed")
    stage, _ = run(work, config=ScoreConfig(parts=("track",)))
    found = as_json([stage.read(VIDEO)], {})["overall"]
    assert (found["IDF1"], found["MOTA"], found["coverage"]) == (0, 0, 0)


def test_targets_are_reported(tmp_path: Path) -> None:
    stage, _ = run(build(tmp_path, [person("001", WALKER)], {"0001": WALKER}, change=np.zeros_like))
    scores = [stage.read(VIDEO)]
    assert [(target.figure, target.met) for target in targets(scores)] == [("IDF1", True)]
    assert target_lines(targets(scores)) == ["indoor: IDF1 1.000, reaches the target of 0.97"]
    table = markdown([*scores, {**scores[0], "view": "054"}])
    assert "| 054 | 1 | 1.000 |" in table
    assert table.count("| view |") == 1
    assert "condition" not in table
