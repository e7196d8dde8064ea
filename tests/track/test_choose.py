import numpy as np
import pytest

from gaitprep.track.choose import Choice, View, border_share, choose
from gaitprep.track.config import TrackConfig
from gaitprep.track.tracklet import Tracklet
from tests.track.make import HEIGHT, WIDTH, tracklet

VIEW = View(WIDTH, HEIGHT, np.arange(200) / 25)
CONFIG = TrackConfig()


def names(choice: Choice) -> tuple[list[str], dict[str, str]]:
    return [t.name for t in choice.kept], {other.tracklet.name: other.reason for other in choice.rejected}


def walker(name: str = "0001", frames: range = range(70)) -> Tracklet:
    return tracklet(name, frames, x=20, speed=4)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (tracklet("0002", range(10)), "seen in 10 frames, fewer than 15"),
        (tracklet("0002", range(50), height=30), "30 pixels high, less than 40"),
        (tracklet("0002", range(50), x=5), "border in 100% of its frames"),
        (tracklet("0002", range(50), y=235), "border in 100% of its frames"),
    ],
)
def test_who_breaks_a_rule_is_rejected_with_the_reason(bad: Tracklet, reason: str) -> None:
    kept, rejected = names(choose([walker(), bad], VIEW, "many", CONFIG))
    assert kept == ["0001"]
    assert reason in rejected["0002"]


def test_all_broken_rules_are_named() -> None:
    choice = choose([tracklet("0001", range(5), x=5, height=20)], VIEW, "many", CONFIG)
    assert choice.rejected[0].reason.count(";") == 2
    assert choice.rejected[0].as_json() == {
        "tracklet": "0001",
        "frames": 5,
        "first": 0,
        "last": 4,
        "reason": choice.rejected[0].reason,
    }


def test_standing_people_are_kept_unless_a_way_is_asked_for() -> None:
    people = [walker(), tracklet("0002", range(100))]
    assert names(choose(people, VIEW, "many", CONFIG))[0] == ["0001", "0002"]
    kept, rejected = names(choose(people, VIEW, "many", TrackConfig(minimum_travel=1.0)))
    assert kept == ["0001"]
    assert "0.0 body heights" in rejected["0002"]


def test_a_few_frames_at_the_border_are_part_of_walking_by() -> None:
    passing = tracklet("0001", range(84), x=-5, speed=4)
    assert 0 < border_share(passing, VIEW) < 0.2
    assert names(choose([passing], VIEW, "many", CONFIG))[0] == ["0001"]


def test_of_one_person_the_walker_is_kept_not_the_bystander() -> None:
    bystander = tracklet("0001", range(150), x=280, height=90)
    choice = choose([bystander, walker("0002")], VIEW, "one", CONFIG)
    assert names(choice) == (["0002"], {"0001": "another person than the walker 0002"})
    assert choice.rejected[0].person


def test_noise_beside_the_walker_is_not_taken_for_a_person() -> None:
    choice = choose([walker(), tracklet("0002", range(5))], VIEW, "one", CONFIG)
    assert [other.person for other in choice.rejected] == [False]


def test_pieces_of_the_walker_become_one() -> None:
    pieces = [walker("0001", range(30)), walker("0003", range(50, 70)), walker("0002", range(75, 80))]
    choice = choose(pieces, VIEW, "one", CONFIG)
    assert [t.parts for t in choice.kept] == [("0001", "0003", "0002")]
    assert choice.kept[0].last == 79
    assert choice.rejected == []


def test_pieces_too_short_alone_count_together() -> None:
    pieces = [walker(f"{n:04d}", range(20 * n, 20 * n + 10)) for n in range(1, 4)]
    assert len(choose(pieces, VIEW, "one", CONFIG).kept[0]) == 30


def test_a_gap_longer_than_allowed_leaves_two_people() -> None:
    pieces = [walker("0001", range(30)), walker("0002", range(50, 70))]
    kept, rejected = names(choose(pieces, VIEW, "one", TrackConfig(join_seconds=0.5)))
    assert (kept, list(rejected)) == (["0001"], ["0002"])


def test_nobody_is_nobody() -> None:
    for people in ("one", "many"):
        assert choose([], VIEW, people, CONFIG) == Choice([], [])
