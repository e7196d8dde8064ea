"""Tables as Markdown, for papers and issues."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text


def markdown(tables: Sequence[Table]) -> str:
    """The tables, each with its title above and its caption below."""
    return "\n".join(_table(table) for table in tables)


def _table(table: Table) -> str:
    heads = [_cell(column.header) for column in table.columns]
    rules = ["--:" if column.justify == "right" else "---" for column in table.columns]
    rows = zip(*([_cell(cell) for cell in column.cells] for column in table.columns), strict=True)
    lines = [f"### {_cell(table.title)}", "", *(f"| {' | '.join(row)} |" for row in (heads, rules, *rows)), ""]
    return "\n".join([*lines, _cell(table.caption), ""] if table.caption else lines)


def _cell(content: object) -> str:
    words = content.plain if isinstance(content, Text) else str(content or "")
    return " ".join(words.split()).replace("|", "\\|")
