"""Tables in the form of the paper's tables 2 and 4, with the spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from rich import box
from rich.table import Table

from gaitprep.evaluate.tables import HOME, MISSING, percent
from gaitprep.experiment.findings import Finding
from gaitprep.experiment.rows import UNTRAINED, Row

_MEAN = "Mean"


def accuracy(rows: Sequence[Row], title: str) -> Table:
    """Training set and method against tests and their groups of probes: rank-1, mean ± spread over seeds."""
    table = _table(
        title,
        f"rank-1 %, mean ± sample standard deviation over the seeds; {HOME} tested on the domain it was trained on; "
        "chance: a random order of the same gallery",
    )
    for name in ("Training set", "Method", "Seeds"):
        table.add_column(name, no_wrap=True)
    columns = _columns(rows)
    for test, group in columns:
        table.add_column(f"{test}\n{group}", justify="right", no_wrap=True)
    last = ""
    for (domain, label), same in _networks(rows).items():
        if last and domain != last:
            table.add_section()
        seeds = {row.seed for row in same if row.seed is not None}
        cells = [_cell([row for row in same if row.test == test], group) for test, group in columns]
        shown = {UNTRAINED: "(random weights)", "": "(nothing trained)"}.get(domain, domain)
        table.add_row("" if domain == last else shown, label, str(len(seeds) or ""), *cells)
        last = domain
    table.add_section()
    firsts = {row.test: row for row in reversed(rows)}
    chances = [firsts[test].chance_mean if group == _MEAN else firsts[test].chance[group] for test, group in columns]
    table.add_row("", "chance", "", *(percent(value) + "  " for value in chances), style="dim")
    return table


def masks(rows: Sequence[Row]) -> Table | None:
    """How well the networks' own masks agree with the reference: a recogniser cannot be better than what it sees."""
    segmented = [row for row in rows if row.iou is not None]
    if not segmented:
        return None
    table = _table(
        "Masks of the end-to-end networks",
        "IoU with the reference masks of test subjects, %; baseline: the best single mask for all frames",
    )
    for name in ("Training set", "Method"):
        table.add_column(name, no_wrap=True)
    tests = list(dict.fromkeys(row.test for row in segmented))
    for test in tests:
        table.add_column(test, justify="right", no_wrap=True)
    for (domain, label), same in _networks(segmented).items():
        table.add_row(domain, label, *(_values([row for row in same if row.test == test], "iou") for test in tests))
    table.add_row(
        "", "baseline", *(_values([r for r in segmented if r.test == test][:1], "baseline") for test in tests)
    )
    return table


def findings(found: Sequence[Finding]) -> Table:
    """The paper's claims beside what was seen here."""
    table = _table(
        "Findings of the paper",
        "rank-1 %, mean over the groups of probes; unclear: the difference is smaller than the spread over the "
        "seeds, or there is one seed only and it is below 2",
    )
    for name in ("Claim", "Trained on", "Here", "Shows up"):
        table.add_column(name)
    for one in found:
        table.add_row(one.claim, one.domain, f"{one.better:.1f} against {one.worse:.1f}", one.verdict)
    return table


def sets(sizes: Mapping[str, Mapping[str, Any]]) -> Table:
    """How large the stores are, and how they are divided."""
    table = _table("Sets", "")
    table.add_column("")
    for name in sizes:
        table.add_column(name, justify="right")
    for what in next(iter(sizes.values())):
        table.add_row(what, *(_words(size[what]) for size in sizes.values()))
    return table


def units(records: Sequence[Mapping[str, Any]]) -> Table:
    """Every unit with its time and its outcome."""
    table = _table("Units", "seconds of work, of networks over all attempts; shared units are done once")
    for name in ("Unit", "Outcome"):
        table.add_column(name)
    for name in ("Seconds", "Steps", "Loss"):
        table.add_column(name, justify="right")
    for record in records:
        loss, steps = record.get("loss"), record.get("steps")
        table.add_row(
            record["name"],
            f"FAILED: {record['reason']}" if record["outcome"] == "failed" else record["outcome"],
            f"{record['seconds']:.0f}" if record["outcome"] == "done" else "",
            "" if steps is None else str(steps),
            "" if loss is None else f"{loss:.3f}",
        )
    return table


def _table(title: str, caption: str) -> Table:
    return Table(title=title, caption=caption, box=box.SIMPLE_HEAD, caption_justify="left")


def _columns(rows: Sequence[Row]) -> list[tuple[str, str]]:
    columns: dict[tuple[str, str], None] = {}
    for test in dict.fromkeys(row.test for row in rows):
        groups = next(list(row.rank1) for row in rows if row.test == test)
        columns |= dict.fromkeys((test, group) for group in groups + ([_MEAN] if len(groups) > 1 else []))
    return list(columns)


def _networks(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    networks: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        networks.setdefault((row.trained_on, row.label), []).append(row)
    return networks


def _cell(rows: Sequence[Row], group: str) -> str:
    values = [row.mean if group == _MEAN else row.rank1.get(group) for row in rows]
    return spread(values) + (f" {HOME}" if rows and rows[0].home else "  ")


def _values(rows: Sequence[Row], name: str) -> str:
    return spread([getattr(row, name) for row in rows])


def spread(values: Sequence[float | None]) -> str:
    """Mean, and the sample standard deviation where there are two or more."""
    there = [value for value in values if value is not None]
    if not there:
        return MISSING
    return f"{fmean(there):.1f}" + (f" ± {stdev(there):.1f}" if len(there) > 1 else "")


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
