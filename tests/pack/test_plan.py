from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.manifest.records import People, VideoRecord
from gaitprep.pack.facts import VideoFacts
from gaitprep.pack.plan import Plan, PlannedSequence, make_plan


def record(video: str, *labels: str | None, people: People = "one") -> VideoRecord:
    return VideoRecord(video, Path(f"{video}.avi"), "", *labels, people=people)


def plan_of(*videos: tuple[VideoRecord, VideoFacts], least: int = 1) -> Plan:
    return make_plan([r for r, _ in videos], {r.video_id: facts for r, facts in videos}, least)


def names(plan: Plan) -> list[tuple[str, str, str]]:
    return [(s.subject, s.video, s.tracklet) for s in plan.sequences]


def excluded(plan: Plan) -> list[tuple[str, str]]:
    return [(e.video, e.tracklet) for e in plan.excluded]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(1, 100))
def test_shards_tile_the_axis_and_lose_no_frame(lengths: list[int], shard_frames: int) -> None:
    sequences = tuple(PlannedSequence("s", "c", "v", str(i), "1", n) for i, n in enumerate(lengths))
    plan = Plan(sequences, ())
    shards = plan.shards(shard_frames)
    assert all(sum(map(len, pieces)) == shard_frames for pieces in shards[:-1])
    assert 1 <= sum(map(len, shards[-1])) <= shard_frames
    frames = [(piece.video, i) for pieces in shards for piece in pieces for i in range(piece.first, piece.last)]
    assert frames == [(str(video), i) for video, n in enumerate(lengths) for i in range(n)]
    assert plan.frames == len(frames)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=4)))
def test_every_tracklet_is_a_sequence_or_is_listed_with_a_reason(videos: list[dict[str, tuple[int, int]]]) -> None:
    plan = plan_of(
        *((record(str(i), people="many"), VideoFacts(tracklets=tracklets)) for i, tracklets in enumerate(videos))
    )
    found = [(s.video, s.tracklet) for s in plan.sequences] + [pair for pair in excluded(plan) if pair[1]]
    assert sorted(found) == sorted((str(i), name) for i, tracklets in enumerate(videos) for name in tracklets)
    assert {e.video for e in plan.excluded if not e.tracklet} == {str(i) for i, t in enumerate(videos) if not t}
    assert all(e.reason for e in plan.excluded)


def test_order_is_natural_in_every_label() -> None:
    one = VideoFacts(tracklets={"1": (5, 5)})
    labels = [("10", "nm-01", "090"), ("2", "nm-10", "0"), ("2", "nm-9", "18"), ("2", "nm-9", "0")]
    plan = plan_of(*((record("-".join(label), *label), one) for label in labels))
    assert [s.video for s in plan.sequences] == ["2-nm-9-0", "2-nm-9-18", "2-nm-10-0", "10-nm-01-090"]


def test_a_labelled_video_gives_one_sequence() -> None:
    facts = VideoFacts(tracklets={"1": (90, 3), "2": (40, 40), "3": (50, 0)})
    plan = plan_of((record("v", "001", "nm-01", "090"), facts))
    assert names(plan) == [("001", "v", "2")]
    assert excluded(plan) == [("v", "1"), ("v", "3")]


@pytest.mark.parametrize("subject", [None, "crowd"])
def test_where_nobody_knows_who_is_who_each_tracklet_is_a_subject(subject: str | None) -> None:
    facts = VideoFacts(tracklets={"1": (5, 5), "2": (6, 6)})
    plan = plan_of((record("street", subject, people="many"), facts))
    assert names(plan) == [("street/1", "street", "1"), ("street/2", "street", "2")]
    assert {(s.condition, s.view) for s in plan.sequences} == {("unknown", "unknown")}


def test_what_is_left_out_says_why() -> None:
    plan = plan_of(
        (record("broken", "1", "a", "b"), VideoFacts(problem="'track' failed: no video stream")),
        (record("empty", "2", "a", "b"), VideoFacts()),
        (record("blank", "3", "a", "b"), VideoFacts(tracklets={"1": (9, 2)})),
        least=3,
    )
    assert plan.sequences == ()
    assert {e.video: e.reason for e in plan.excluded} == {
        "broken": "'track' failed: no video stream",
        "empty": "no tracklet was chosen in it",
        "blank": "2 of 9 frames are valid, 3 are asked for",
    }
