"""Results as tables in the form of the paper's tables 2 and 3."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table

from gaitprep.evaluate.results import (
    UNTRAINED,
    Checkpoint,
    ConditionResult,
    RecognitionResult,
    Results,
    SegmentationResult,
)

NAMES = {
    "unet": "U-Net",
    "silhouette": "fine",
    "gaitset": "GaitSet",
    "gaitpart": "GaitPart",
    "gaitgl": "GaitGL",
    "gaitgl-large": "GaitGL (large)",
    "gaitgl-e2e": "GaitGL-E2E",
    "gaitedge": "GaitEdge",
}
MISSING = "–"
HOME = "⌂"


def tables(results: Results, *, by_view: bool = False) -> list[Table]:
    """Every table that the results call for, ready to print.

    Args:
        results: what was found.
        by_view: also rank-1 of each probe view (table 3), and of each pair of views.
    """
    shown: list[Table] = []
    if results.segmentation:
        shown.append(_masks(results.segmentation))
    if results.recognition:
        shown.append(_summary(results.recognition))
        shown += [_ranks(group) for group in _by_store(results.recognition) if len(group[0].accuracy) > 1]
        if by_view:
            shown += [_views(group) for group in _by_store(results.recognition)]
            shown += [
                _pairs(result, condition)
                for result in results.recognition
                for condition in _sought(result)
                if condition.gallery_views
            ]
    return shown


def remarks(results: Results) -> list[str]:
    """What a reader must know beside the numbers: missing cells, missing entries, notes."""
    lines: list[str] = []
    for result in results.recognition:
        name = f"{method_name(result.checkpoint)} on {result.test_set}"
        for condition in result.conditions:
            if not condition.probes:
                lines.append(f"{name}: the test subjects have no sequence of {condition.name}")
                continue
            if condition.unenrolled:
                lines.append(
                    f"{name}, {condition.name}: {condition.unenrolled} comparisons count as errors, "
                    "for the subject has no entry in that part of the gallery"
                )
            if condition.empty_cells:
                lines.append(
                    f"{name}, {condition.name}: {condition.empty_cells} view pairs are empty and left out of the mean"
                )
        lines += [f"{name}: {note}" for note in result.notes]
    for masks in results.segmentation:
        lines += [f"{method_name(masks.checkpoint)} on {masks.test_set}: {note}" for note in masks.notes]
    return list(dict.fromkeys(lines))


def _summary(results: Sequence[RecognitionResult]) -> Table:
    """Training set × method against test sets and their conditions (table 2)."""
    stores = _by_store(results)
    caption = f"rank-1 %; {HOME} tested on the domain it was trained on; chance: a random order of the same gallery"
    if all(condition.gallery_views for result in results for condition in result.conditions):
        caption += "; identical views excluded"
    table = Table(title="Recognition", caption=caption, box=box.SIMPLE_HEAD, caption_justify="left")
    for name in ("Training set", "Method", "Preset"):
        table.add_column(name, no_wrap=True)
    for group in stores:
        first = group[0]
        for condition in _sought(first):
            table.add_column(f"{first.test_set}\n{condition.name}", justify="right", no_wrap=True)
        if len(_sought(first)) > 1:
            table.add_column(f"{first.test_set}\nMean", justify="right", no_wrap=True)
    last_domain = ""
    for checkpoint in _checkpoints(results):
        cells: list[str] = []
        for group in stores:
            found = next((result for result in group if result.checkpoint == checkpoint), None)
            cells += _cells(found, group[0])
        domain = training_set(checkpoint)
        shown_domain = "" if domain == last_domain else domain
        table.add_row(shown_domain, method_name(checkpoint), checkpoint.preset, *cells)
        last_domain = domain
    table.add_section()
    chance: list[str] = []
    for group in stores:
        first = group[0]
        chance += [percent(condition.chance.get(1)) for condition in _sought(first)]
        if len(_sought(first)) > 1:
            chance.append(percent(first.chance.get(1)))
    table.add_row("", "chance", "", *chance, style="dim")
    return table


def _cells(result: RecognitionResult | None, like: RecognitionResult) -> list[str]:
    if result is None:
        return [""] * (len(_sought(like)) + (len(_sought(like)) > 1))
    values = [condition.accuracy.get(1) for condition in _sought(result)]
    if len(values) > 1:
        values.append(result.accuracy.get(1))
    mark = f" {HOME}" if result.home else "  "
    return [percent(value) + mark for value in values]


def _ranks(group: Sequence[RecognitionResult]) -> Table:
    """Rank-k of a store that is judged by more than rank-1."""
    ranks = list(group[0].accuracy)
    table = Table(title=f"{group[0].test_set}: rank-k %", box=box.SIMPLE_HEAD)
    for name in ("Training set", "Method", "Probe"):
        table.add_column(name, no_wrap=True)
    for rank in ranks:
        table.add_column(f"R-{rank}", justify="right")
    for result in group:
        for condition in _sought(result):
            cells = [percent(condition.accuracy.get(rank)) for rank in ranks]
            table.add_row(training_set(result.checkpoint), method_name(result.checkpoint), condition.name, *cells)
    table.add_section()
    for condition in _sought(group[0]):
        table.add_row("", "chance", condition.name, *(percent(condition.chance.get(r)) for r in ranks), style="dim")
    return table


def _views(group: Sequence[RecognitionResult]) -> Table:
    """Rank-1 of each probe view (table 3)."""
    views = group[0].conditions[0].views
    table = Table(title=f"{group[0].test_set}: rank-1 % by probe view", box=box.SIMPLE_HEAD)
    for name in ("Probe", "Training set", "Method"):
        table.add_column(name, no_wrap=True)
    for view in views:
        table.add_column(view, justify="right")
    table.add_column("Mean", justify="right")
    for number in range(len(_sought(group[0]))):
        for result in group:
            condition = _sought(result)[number]
            cells = [percent(value) for value in [*condition.by_view, condition.accuracy.get(1)]]
            table.add_row(condition.name, training_set(result.checkpoint), method_name(result.checkpoint), *cells)
        table.add_section()
    return table


def _pairs(result: RecognitionResult, condition: ConditionResult) -> Table:
    """Rank-1 of each probe view in each gallery view; identical views, which do not count, are blank."""
    whose = f"{method_name(result.checkpoint)} trained on {training_set(result.checkpoint)}"
    table = Table(title=f"{result.test_set}, {condition.name}: {whose}, rank-1 %", box=box.SIMPLE_HEAD)
    table.add_column("Probe view", no_wrap=True)
    for view in condition.gallery_views:
        table.add_column(f"in {view}", justify="right")
    table.add_column("Mean", justify="right")
    for view, cells, mean in zip(condition.views, condition.matrix, condition.by_view, strict=True):
        pairs = zip(condition.gallery_views, cells, strict=True)
        table.add_row(view, *("" if other == view else percent(cell) for other, cell in pairs), percent(mean))
    return table


def _masks(results: Sequence[SegmentationResult]) -> Table:
    table = Table(
        title="Segmentation",
        caption="IoU with the reference masks of test subjects, %; baseline: the best single mask for all frames",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for name in ("Training set", "Method", "Preset", "Test set"):
        table.add_column(name, no_wrap=True)
    for name in ("mean", "median", "baseline", "frames"):
        table.add_column(name, justify="right")
    for result in results:
        table.add_row(
            training_set(result.checkpoint),
            method_name(result.checkpoint),
            result.checkpoint.preset,
            result.test_set + (f" {HOME}" if result.home else ""),
            percent(result.iou),
            percent(result.median),
            percent(result.baseline),
            str(result.frames),
        )
    return table


def percent(value: float | None) -> str:
    """One decimal, or a dash for what is missing."""
    return MISSING if value is None else f"{value:.1f}"


def method_name(checkpoint: Checkpoint) -> str:
    """The name of an architecture as the field writes it."""
    return NAMES.get(checkpoint.method, checkpoint.method)


def training_set(checkpoint: Checkpoint) -> str:
    """The domains that a network was trained on."""
    if checkpoint.name == UNTRAINED:
        return "(untrained)"
    return " + ".join(checkpoint.trained_on) or "?"


def _sought(result: RecognitionResult) -> list[ConditionResult]:
    """The groups that anybody of the test subjects belongs to; a remark tells of the others."""
    return [condition for condition in result.conditions if condition.probes]


def _by_store(results: Sequence[RecognitionResult]) -> list[list[RecognitionResult]]:
    groups: dict[str, list[RecognitionResult]] = {}
    for result in results:
        groups.setdefault(result.test_set, []).append(result)
    return list(groups.values())


def _checkpoints(results: Sequence[RecognitionResult]) -> list[Checkpoint]:
    unique: list[Checkpoint] = []
    for result in results:
        if result.checkpoint not in unique:
            unique.append(result.checkpoint)
    return unique
