from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from gaitprep.evaluate.results import (
    Checkpoint,
    ConditionResult,
    RecognitionResult,
    Results,
    SegmentationResult,
)
from gaitprep.evaluate.tables import HOME, remarks, tables


def condition(name: str, value: float | None, ranks: tuple[int, ...] = (1,)) -> ConditionResult:
    return ConditionResult(
        name=name,
        probes=4,
        unenrolled=0,
        empty_cells=0,
        views=["000", "090"],
        gallery_views=["000", "090"],
        matrix=[[None, value], [value, None]],
        by_view=[value, 12.0],
        accuracy=dict.fromkeys(ranks, value),
        chance=dict.fromkeys(ranks, 16.7),
    )


def recognition(
    method: str, trained_on: str, test_set: str, *values: float | None, ranks: tuple[int, ...] = (1,)
) -> RecognitionResult:
    names = ["NM", "BG", "CL"][: len(values)]
    return RecognitionResult(
        checkpoint=Checkpoint(
            name=f"{trained_on}-{method}", method=method, preset="cpu", trained_on=[trained_on], steps=5
        ),
        test_set=test_set,
        protocol="toy",
        metric="per-part",
        precision="fp32",
        subjects=6,
        gallery=12,
        conditions=[condition(name, value, ranks) for name, value in zip(names, values, strict=True)],
        accuracy=dict.fromkeys(ranks, 44.4),
        chance=dict.fromkeys(ranks, 16.7),
    )


RESULTS = Results(
    recognition=[
        recognition("gaitgl", "indoor", "indoor", 91.234, None),
        recognition("gaitgl", "indoor", "outdoor", 30.0),
        recognition("gaitedge", "outdoor", "indoor", 55.5, 50.0),
        recognition("gaitedge", "outdoor", "outdoor", 77.7),
    ],
    segmentation=[
        SegmentationResult(
            checkpoint=Checkpoint(name="u", method="unet", preset="cpu", trained_on=["indoor"], steps=9),
            test_set="indoor",
            precision="fp32",
            frames=123,
            iou=95.55,
            median=96.0,
            baseline=61.0,
        )
    ],
)


def printed(results: Results, by_view: bool = False) -> str:
    console = Console(width=160, record=True, file=StringIO())
    for table in tables(results, by_view=by_view):
        console.print(table)
    return console.export_text()


def test_the_summary_has_the_form_of_table_2() -> None:
    text = printed(RESULTS)
    lines = [line for line in text.splitlines() if "Gait" in line]
    assert lines[0].split() == ["indoor", "GaitGL", "cpu", "91.2", HOME, "–", HOME, "44.4", HOME, "30.0"]
    assert lines[1].split() == ["outdoor", "GaitEdge", "cpu", "55.5", "50.0", "44.4", "77.7", HOME]
    assert "chance" in text
    assert text.count("16.7") == 4
    assert "rank-k" not in text
    assert "by probe view" not in text


def test_groups_that_nobody_belongs_to_have_no_column() -> None:
    result = recognition("gaitgl", "indoor", "indoor", 91.0, 80.0, 70.0)
    absent = result.conditions[1].model_copy(update={"probes": 0})
    fewer = result.model_copy(update={"conditions": [result.conditions[0], absent, result.conditions[2]]})
    text = printed(Results(recognition=[fewer]), by_view=True)
    row = next(line for line in text.splitlines() if "GaitGL" in line)
    assert row.split() == ["indoor", "GaitGL", "cpu", "91.0", HOME, "70.0", HOME, "44.4", HOME]
    assert "BG" not in text
    assert remarks(Results(recognition=[fewer])) == ["GaitGL on indoor: the test subjects have no sequence of BG"]


def test_masks_stand_beside_the_trivial_baseline() -> None:
    line = next(line for line in printed(RESULTS).splitlines() if "U-Net" in line)
    assert line.split() == ["indoor", "U-Net", "cpu", "indoor", HOME, "95.5", "96.0", "61.0", "123"]


def test_views_have_the_form_of_table_3() -> None:
    text = printed(RESULTS, by_view=True)
    assert "indoor: rank-1 % by probe view" in text
    assert "outdoor: rank-1 % by probe view" in text
    row = next(line for line in text.splitlines() if line.split()[:3] == ["NM", "indoor", "GaitGL"])
    assert row.split() == ["NM", "indoor", "GaitGL", "91.2", "12.0", "91.2"]


def test_pairs_of_views_show_what_is_missing_and_leave_identical_views_blank() -> None:
    result = recognition("gaitgl", "indoor", "outdoor", 80.0)
    cells = [[None, 80.0], [None, None]]
    odd = result.conditions[0].model_copy(update={"matrix": cells, "by_view": [80.0, None]})
    results = Results(recognition=[result.model_copy(update={"conditions": [odd]})])
    pairs = tables(results, by_view=True)[-1]
    assert pairs.title == "outdoor, NM: GaitGL trained on indoor, rank-1 %"
    columns = {str(column.header): list(column.cells) for column in pairs.columns}
    assert columns == {"Probe view": ["000", "090"], "in 000": ["", "–"], "in 090": ["80.0", ""], "Mean": ["80.0", "–"]}
    assert "Probe view" not in printed(results)


def test_a_gallery_that_is_not_divided_by_views_has_no_pairs() -> None:
    result = recognition("gaitgl", "indoor", "outdoor", 80.0)
    whole = result.conditions[0].model_copy(update={"gallery_views": [], "matrix": [[80.0], [70.0]]})
    text = printed(Results(recognition=[result.model_copy(update={"conditions": [whole]})]), by_view=True)
    assert "by probe view" in text
    assert "Probe view" not in text


def test_more_ranks_get_a_table_of_their_own() -> None:
    text = printed(Results(recognition=[recognition("gaitset", "ttg", "ttg", 40.0, ranks=(1, 5, 20))]))
    header = next(line for line in text.splitlines() if "R-20" in line)
    assert header.split()[-3:] == ["R-1", "R-5", "R-20"]


def test_json_comes_back_as_it_went(tmp_path: Path) -> None:
    RESULTS.write(tmp_path / "results.json")
    back = Results.read(tmp_path / "results.json")
    assert back == RESULTS
    assert back.recognition[0].home
    assert not back.recognition[1].home
