from __future__ import annotations

from rich.table import Table

from gaitprep.evaluate.markdown import markdown


def test_a_table_as_markdown() -> None:
    table = Table(title="Recognition", caption="rank-1 %")
    table.add_column("Method")
    table.add_column("home\nNM", justify="right")
    table.add_row("GaitGL | large", "98.5 ⌂")
    table.add_section()
    table.add_row("chance", None)
    assert markdown([table]).splitlines() == [
        "### Recognition",
        "",
        "| Method | home NM |",
        "| --- | --: |",
        "| GaitGL \\| large | 98.5 ⌂ |",
        "| chance |  |",
        "",
        "rank-1 %",
    ]
