"""The score of one video, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.errors import WorkError
from gaitprep.score.choice import Choice, judge_choice
from gaitprep.score.compare import FoundPerson, compare
from gaitprep.score.config import ScoreConfig
from gaitprep.score.masks import boundary_f, iou, mask_iou, middle, true_mask
from gaitprep.score.people import TruePerson, true_people
from gaitprep.score.source import Source, check_fit, open_truth
from gaitprep.score.tracking import count
from gaitprep.truth.file import Truth
from gaitprep.work.file import TrackletReader, WorkReader, open_work_file

_LATER = ("segment", "align")


def score_video(source: Source, config: ScoreConfig) -> dict[str, Any]:
    """Compares what the stages made of a video with its truth.

    Returns:
        labels, `tracking` (counts of all metrics, coverage, purity), `shows` (tracklet → true person) and `frames` (a
        row for each crop: tracklet, row, frame, and as far as they were asked for `iou`, `boundary`, `silhouette`,
        `valid`; figures are None where the person does not count).

    Raises:
        InputError: no truth, one of another video, or work files that do not belong together.
    """
    with ExitStack() as files:
        truth = files.enter_context(open_truth(source))
        opened = {part: files.enter_context(open_work_file(path)) for part, path in source.files.items()}
        tracks = opened.get("track")
        found: list[FoundPerson] = []
        if tracks is not None:
            check_fit(truth, tracks)
            _check_descent(source, opened)
            found = found_people(tracks)
        people = true_people(truth, config)
        comparison = compare(people, found, config.overlap, len(truth))
        walker = truth.about.get("subject")
        sought = walker if source.record.people == "one" and walker in truth.people else None
        choice = judge_choice(comparison, config.overlap, sought)
        scored: dict[str, Any] = {
            **_labels(source, truth),
            "tracking": {**count(comparison, config.overlap), "coverage": choice.coverage, "purity": choice.purity},
        }
        if tracks is not None and any(part in opened for part in _LATER):
            scored["shows"] = choice.shows
            scored["frames"] = _frames(truth, people, choice, opened, config)
        return scored


def found_people(tracks: WorkReader) -> list[FoundPerson]:
    """All tracklets of a track file, the kept ones with their interpolated boxes.

    Raises:
        WorkError: the file is of a version that did not keep the boxes of rejected tracklets.
    """
    found = [
        FoundPerson(name, tracks[name]["frame"][...], tracks[name]["detection"][...], kept=True)
        for name in tracks.tracklets
    ]
    try:
        rejected = tracks.table("_rejected")
    except KeyError as error:
        raise WorkError(
            "the boxes of rejected tracklets are missing",
            cause="an earlier version of gaitprep tracked this video and did not keep them",
            next_step="run: gaitprep track again",
        ) from error
    for number in np.unique(rejected["tracklet"]).tolist():
        rows = rejected["tracklet"] == number
        found.append(FoundPerson(f"{number:04d}", rejected["frame"][rows], rejected["box"][rows], kept=False))
    return found


def _labels(source: Source, truth: Truth) -> dict[str, Any]:
    about = truth.about
    return {
        "video": source.record.video_id,
        "world": str(about.get("world", "")),
        "condition": source.record.condition or str(about.get("condition", "")),
        "view": source.record.view or str(about.get("view", "")),
        "stressors": sorted(name for name in str(about.get("stressors", "")).split(",") if name),
    }


def _check_descent(source: Source, opened: Mapping[str, WorkReader]) -> None:
    for part in _LATER:
        if part in opened and opened[part].attribute("track_digest") != source.done["track"].output_digest:
            raise WorkError(
                f"the {part} result of {source.record.video_id} was made from another tracking of it",
                next_step=f"run: gaitprep {part} again",
            )


def _frames(
    truth: Truth,
    people: list[TruePerson],
    choice: Choice,
    opened: Mapping[str, WorkReader],
    config: ScoreConfig,
) -> dict[str, list[Any]]:
    counted = {person.name: person.counted for person in people}
    columns: dict[str, list[Any]] = {}
    for name in opened["track"].tracklets:
        tracklet = {part: file[name] for part, file in opened.items()}
        person = choice.shows[name]
        frames = tracklet["track"]["frame"][...]
        scored = np.zeros(len(frames), bool) if person is None else counted[person][frames]
        rows = _tracklet(truth, person, tracklet, scored, config)
        rows["tracklet"], rows["row"] = [name] * len(frames), list(range(len(frames)))
        rows["frame"] = frames.tolist()
        for column, values in rows.items():
            columns.setdefault(column, []).extend(values)
    return columns


def _tracklet(
    truth: Truth,
    person: str | None,
    tracklet: Mapping[str, TrackletReader],
    scored: NDArray[np.bool_],
    config: ScoreConfig,
) -> dict[str, list[Any]]:
    track = tracklet["track"]
    frames, boxes, ratio = track["frame"][...], track["box"][...], track["ratio"][...]
    masks = tracklet["segment"]["mask"][...] > 127 if "segment" in tracklet else None
    silhouettes = tracklet["align"]["silhouette"][...] > 127 if "align" in tracklet else None
    rows: dict[str, list[Any]] = {}
    if masks is not None:
        rows["iou"], rows["boundary"] = [None] * len(frames), [None] * len(frames)
    if silhouettes is not None:
        rows["silhouette"], rows["valid"] = [None] * len(frames), tracklet["align"]["valid"][...].tolist()
    for row in np.flatnonzero(scored).tolist():
        assert person is not None
        true = true_mask(truth.mask(person, int(frames[row])), boxes[row])
        if masks is not None:
            rows["iou"][row] = round(mask_iou(masks[row], true), 4)
            rows["boundary"][row] = round(boundary_f(masks[row], middle(true), config.tolerance), 4)
        if silhouettes is not None:
            size = silhouettes.shape[1:]
            ideal = normalise(true[None].astype(np.uint8) * 255, ratio[row : row + 1], size)[0] > 127
            rows["silhouette"][row] = round(iou(silhouettes[row], ideal), 4)
    return rows
