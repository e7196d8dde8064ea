"""Figures as tables: for the terminal, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.table import Table

from gaitprep.score.summary import GROUPINGS, Figures, Score, Target, figures, group, targets

COLUMNS: Mapping[str, str] = {
    "videos": "videos",
    "HOTA": "HOTA",
    "MOTA": "MOTA",
    "IDF1": "IDF1",
    "IDSW": "IDSW",
    "coverage": "coverage",
    "purity": "purity",
    "mask": "mask IoU",
    "boundary": "boundary F",
    "silhouette": "silhouette IoU",
    "silhouette_p10": "its 10th pct.",
    "invalid": "invalid",
}
_COUNTS = ("videos", "IDSW")
_DASH = "–"


def tables(scores: Sequence[Score]) -> list[Table]:
    """One table of all videos, then by whatever they differ in, ready to print."""
    shown = [_table("all", {"all": scores})]
    for by in GROUPINGS:
        groups = group(scores, by)
        if len(groups) > 1:
            shown.append(_table(by, groups))
    return shown


def _table(title: str, groups: Mapping[str, Sequence[Score]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("" if title == "all" else title, no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right")
    for name, members in groups.items():
        table.add_row(name, *cells(figures(members)))
    return table


def cells(values: Figures) -> list[str]:
    """The columns as text."""
    return [_cell(name, values[name]) for name in COLUMNS]


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return _DASH
    return f"{value:.0f}" if name in _COUNTS else f"{value:.3f}"


def target_lines(found: Iterable[Target]) -> list[str]:
    """A sentence for each target."""
    return [
        f"{target.world}: {COLUMNS[target.figure]} {target.found:.3f}, "
        f"{'reaches' if target.met else 'misses'} the target of {target.least:.2f}"
        for target in found
    ]


def markdown(scores: Sequence[Score]) -> str:
    """All tables in Markdown, with the targets below."""
    parts = [markdown_table("", [("all", figures(scores))])]
    for by in GROUPINGS:
        groups = group(scores, by)
        if len(groups) > 1:
            parts.append(markdown_table(by, [(name, figures(members)) for name, members in groups.items()]))
    parts += ["\n".join(f"- {line}" for line in target_lines(targets(scores)))]
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_table(first: str, rows: Iterable[tuple[str, Figures]]) -> str:
    """A table with a named first column; `|` in a name parts it into several."""
    headings = [*first.split("|"), *COLUMNS.values()]
    names = len(first.split("|"))
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * names + "---:|" * len(COLUMNS)]
    lines += ["| " + " | ".join([*name.split("|"), *cells(values)]) + " |" for name, values in rows]
    return "\n".join(lines)
