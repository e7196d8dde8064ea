"""`gaitprep info`: what is in a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gaitprep.cli.options import JsonOption


def info(
    store: Annotated[Path, typer.Argument(help="A store.", show_default=False)],
    json: JsonOption = False,
) -> None:
    """Show what a store holds: sequences, labels, bytes, protocol, and what was left out."""
    import json as json_module

    from gaitprep.store.reader import open_store
    from gaitprep.store.summary import summarise

    figures = summarise(open_store(store))
    typer.echo(json_module.dumps(figures, indent=2, ensure_ascii=False) if json else _words(figures))


def _words(figures: dict[str, Any]) -> str:
    frames, sizes = figures["frames"], figures["bytes"]
    lines = [
        f"domain      {figures['name']} (schema version {figures['schema_version']})",
        f"sequences   {figures['sequences']} of {figures['shortest']} to {figures['longest']} frames",
        f"frames      {frames}, {figures['valid_frames']} of them valid",
        f"subjects    {figures['subjects']}",
        f"conditions  {', '.join(figures['conditions'])}",
        f"views       {', '.join(figures['views'])}",
        f"protocol    {figures['protocol'] or 'none'}",
    ]
    if figures["protocol"]:
        lines.append(f"split       {figures['train_subjects']} subjects train, {figures['test_subjects']} are tested")
    lines += [f"{name:<11} {size} bytes, {size / frames:.1f} a frame" for name, size in sizes.items()]
    lines += [
        f"left out    {' '.join(filter(None, (row['video'], row['tracklet'])))}: {row['reason']}"
        for row in figures["excluded"]
    ]
    return "\n".join(lines)
