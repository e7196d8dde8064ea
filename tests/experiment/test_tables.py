from __future__ import annotations

from gaitprep.evaluate.markdown import markdown
from gaitprep.experiment import tables
from tests.experiment.rows import row


def test_a_table_like_the_papers() -> None:
    rows = [
        row("lab", "gaitgl", 0, "lab", 90, 70),
        row("lab", "gaitgl", 0, "street", 30, 20),
        row("lab", "gaitgl", 1, "lab", 94, 70),
        row("lab", "gaitedge", 0, "lab", 80, 60, variant="5x5"),
        row("untrained", "gaitgl", None, "lab", 11, 12),
        row("", "colour", None, "street", 100, 0),
    ]
    lines = markdown([tables.accuracy(rows, "Rank-1")]).splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert table[0] == ["Training set", "Method", "Seeds", *(f"lab {g}" for g in ("NM", "CL", "Mean")),
                        *(f"street {g}" for g in ("NM", "CL", "Mean"))]  # fmt: skip
    assert table[2] == ["lab", "GaitGL", "2", "92.0 ± 2.8 ⌂", "70.0 ± 0.0 ⌂", "81.0 ± 1.4 ⌂", "30.0", "20.0", "25.0"]
    assert table[3] == ["", "GaitEdge, 5x5", "1", "80.0 ⌂", "60.0 ⌂", "70.0 ⌂", "–", "–", "–"]
    assert table[4][:6] == ["(random weights)", "GaitGL", "", "11.0", "12.0", "11.5"]
    assert table[5][:2] == ["(nothing trained)", "Colour alone"]
    assert table[5][6:] == ["100.0", "0.0", "50.0"]
    assert table[-1] == ["", "chance", "", "5.0", "6.0", "5.5", "5.0", "6.0", "5.5"]


def test_masks_are_shown_where_there_are_any() -> None:
    plain = row("lab", "gaitgl", 0, "lab", 90, 70)
    assert tables.masks([plain]) is None
    edges = [
        row("lab", "gaitedge", seed, "lab", 90, 70).model_copy(update={"iou": iou, "baseline": 55.0})
        for seed, iou in ((0, 80.0), (1, 90.0))
    ]
    table = tables.masks([plain, *edges])
    assert table is not None
    text = markdown([table])
    assert "| lab | GaitEdge | 85.0 ± 7.1 |" in text
    assert "| baseline | 55.0 |" in text
