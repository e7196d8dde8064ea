"""Manifest tables on disk: Parquet, or CSV with the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from gaitprep.errors import ManifestError
from gaitprep.manifest.records import VideoRecord
from gaitprep.run.atomic import publish

SUFFIXES = (".parquet", ".csv")
_SCHEMA = dict.fromkeys(("video_id", "path", "dataset", "subject", "condition", "view", "people", "problem"), pl.String)


def write_manifest(path: Path, records: Sequence[VideoRecord]) -> None:
    """Publishes the records as Parquet, or as CSV when the suffix says so."""
    frame = _frame(records)
    with publish(path) as temporary:
        if path.suffix == ".csv":
            frame.write_csv(temporary)
        else:
            frame.write_parquet(temporary)


def read_manifest(path: Path) -> list[VideoRecord]:
    """Reads a manifest: only the column `path` is needed; relative paths count from the manifest's folder.

    Rows that name a missing file, or a `video_id` that an earlier row has, stay in the list with `problem` set.

    Raises:
        ManifestError: not a readable table, no column `path`, an unknown column, or no rows.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
    except FileNotFoundError as error:
        raise ManifestError(
            f"there is no manifest {path}", next_step="make one: gaitprep scan DIR --out FILE"
        ) from error
    except Exception as error:  # polars raises many kinds for damaged tables
        raise ManifestError(f"{path} cannot be read as a table", cause=str(error).splitlines()[0]) from error
    if unknown := set(frame.columns) - set(_SCHEMA):
        raise ManifestError(
            f"{path} has unknown columns: {', '.join(sorted(unknown))}",
            next_step=f"known: {', '.join(_SCHEMA)}",
        )
    if "path" not in frame.columns:
        raise ManifestError(f"{path} has no column 'path'", next_step=f"columns: {', '.join(_SCHEMA)}")
    if frame.is_empty():
        raise ManifestError(f"{path} has no rows", next_step="check what was scanned")
    return check_records([_record(row, path.parent) for row in frame.to_dicts()])


def check_records(records: Sequence[VideoRecord]) -> list[VideoRecord]:
    """Marks duplicates and missing files; the list keeps its length and order, ids become unique."""
    checked: list[VideoRecord] = []
    seen: dict[str, int] = {}
    for record in records:
        repeats = seen.get(record.video_id, 0)
        seen[record.video_id] = repeats + 1
        if repeats:
            record = replace(
                record,
                video_id=f"{record.video_id}#{repeats + 1}",
                problem=record.problem or f"its video_id {record.video_id!r} is taken by an earlier row",
            )
        elif record.problem is None and not record.path.is_file():
            record = replace(record, problem=f"there is no file {record.path}")
        checked.append(record)
    return checked


def _record(row: dict[str, str | None], folder: Path) -> VideoRecord:
    text = row.get("path") or ""
    path = Path(text)
    if not path.is_absolute():
        path = folder / path
    labels = {name: (row.get(name) or None) for name in ("subject", "condition", "view")}
    named = row.get("people") or ("one" if labels["subject"] else "many")
    if named not in ("one", "many"):
        raise ManifestError(f"people is {named!r} for {text}", next_step="use 'one' or 'many'")
    return VideoRecord(
        video_id=_clean_id(row.get("video_id") or str(Path(text).with_suffix(""))),
        path=path,
        dataset=row.get("dataset") or "",
        people="one" if named == "one" else "many",
        problem=(row.get("problem") or None) if text else "the row has no path",
        **labels,
    )


def _clean_id(text: str) -> str:
    """A video id is used as a path below the work folder, so it must not climb out of it."""
    return "/".join(part for part in Path(text).parts if part not in ("/", "..", "."))


def as_csv(records: Sequence[VideoRecord]) -> str:
    """The records as CSV text with a header."""
    return _frame(records).write_csv()


def _frame(records: Sequence[VideoRecord]) -> pl.DataFrame:
    rows = [
        {name: (str(value) if (value := getattr(record, name)) is not None else None) for name in _SCHEMA}
        for record in records
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)
