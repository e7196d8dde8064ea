from __future__ import annotations

from gaitprep.experiment.findings import Claim, judge
from tests.experiment.rows import row

HOME = Claim("better at home", "GaitEdge", "GaitGL", "home")
ABROAD = Claim("better abroad", "GaitEdge", "GaitGL", "abroad")
MOVED = Claim("better when moved", "GaitEdge", "GaitGL", "moved")


def test_verdicts_by_the_spread_over_seeds() -> None:
    rows = [
        *[row("lab", "gaitgl", seed, "lab", value, value) for seed, value in enumerate((70, 80))],
        *[row("lab", "gaitedge", seed, "lab", value, value) for seed, value in enumerate((90, 92))],
        *[row("lab", "gaitgl", seed, "street", value, value) for seed, value in enumerate((40, 50))],
        *[row("lab", "gaitedge", seed, "street", value, value) for seed, value in enumerate((41, 43))],
        row("street", "gaitgl", 0, "street", 60, 70),
        row("street", "gaitedge", 0, "street", 50, 40),
    ]
    found = {(one.claim, one.domain): one for one in judge([HOME, ABROAD, MOVED], rows)}
    assert {key: one.verdict for key, one in found.items()} == {
        ("better at home", "lab"): "yes",
        ("better at home", "street"): "no",
        ("better abroad", "lab"): "unclear",
    }
    assert (found["better at home", "lab"].better, found["better at home", "lab"].worse) == (91, 75)


def test_moved_crops_are_a_test_of_their_own() -> None:
    rows = [
        row("lab", "gaitgl", 0, "lab", 90, 90),
        row("lab", "gaitedge", 0, "lab", 80, 80),
        row("lab", "gaitgl", 0, "lab", 10, 10, offset=8),
        row("lab", "gaitedge", 0, "lab", 11, 11, offset=8),
    ]
    assert [(one.claim, one.verdict) for one in judge([HOME, MOVED], rows)] == [
        ("better at home", "no"),
        ("better when moved", "unclear"),
    ]
