"""`gaitprep export`: a store → other formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitprep.cli.options import JsonOption

if TYPE_CHECKING:
    from gaitprep.bridge.frames import Choice
    from gaitprep.bridge.placement import Written

export = typer.Typer(no_args_is_help=True, help="Write a store as pickles, images or a video.")

StoreArgument = Annotated[Path, typer.Argument(help="A store.", show_default=False)]
WidthOption = Annotated[
    int | None, typer.Option("--width", help="Columns of silhouettes, 44 or 64.", show_default="as they are")
]
FramesOption = Annotated[str, typer.Option("--frames", help="all, or valid: only those that are fit for use.")]
ThreadsOption = Annotated[int, typer.Option("--workers", min=0, help="Threads; 0 takes some for each core.")]


@export.command("opengait")
def opengait(
    store: StoreArgument,
    out: Annotated[Path, typer.Argument(help="The folder that gets the subjects' folders.", show_default=False)],
    partition: Annotated[
        Path | None, typer.Option("--partition", help="The partition file.", show_default="OUT.json beside OUT")
    ] = None,
    arrays: Annotated[
        list[str] | None,
        typer.Option("--array", help="rgb, mask, silhouette or ratio; may be repeated.", show_default="all"),
    ] = None,
    width: WidthOption = None,
    frames: FramesOption = "all",
    workers: ThreadsOption = 0,
    json: JsonOption = False,
) -> None:
    """Write <subject>/<condition>/<view>/*.pkl and a partition file, as OpenGait reads them.

    Files that are there with equal content are left alone.
    """
    from gaitprep.bridge.to_opengait import export_opengait
    from gaitprep.run.events import Events
    from gaitprep.store.reader import open_store

    reader = open_store(store)
    with Events(quiet=json) as events:
        written = export_opengait(
            reader,
            out,
            events,
            partition=partition or out.with_name(f"{out.name}.json"),
            arrays=_one_of("--array", arrays or [], ("rgb", "mask", "silhouette", "ratio")),
            width=_width(width),
            frames=_choice(frames),
            workers=workers,
        )
    _tell(written, out, json)


@export.command("images")
def images(
    store: StoreArgument,
    out: Annotated[Path, typer.Argument(help="The folder that gets the subjects' folders.", show_default=False)],
    array: Annotated[str, typer.Option("--array", help="silhouette, mask or rgb.")] = "silhouette",
    width: WidthOption = None,
    frames: FramesOption = "all",
    workers: ThreadsOption = 0,
    json: JsonOption = False,
) -> None:
    """Write <subject>/<condition>/<view>/*.png, one image a frame."""
    from gaitprep.bridge.to_images import export_images
    from gaitprep.run.events import Events
    from gaitprep.store.reader import open_store

    reader = open_store(store)
    (chosen,) = _one_of("--array", [array], ("silhouette", "mask", "rgb"))
    with Events(quiet=json) as events:
        written = export_images(
            reader, out, events, array=chosen, width=_width(width), frames=_choice(frames), workers=workers
        )
    _tell(written, out, json)


@export.command("video")
def video(
    store: StoreArgument,
    sequence: Annotated[str, typer.Argument(help="Which: its number, or subject/condition/view.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="The video, .mp4 or .mkv.", show_default=False)],
    fps: Annotated[float | None, typer.Option("--fps", min=1, help="Frame rate.", show_default="the source's")] = None,
) -> None:
    """Write one sequence as a video for a look: crop, mask and silhouette side by side."""
    from gaitprep.bridge.to_video import export_video, find_sequence
    from gaitprep.errors import UsageError
    from gaitprep.store.reader import open_store

    if out.suffix.lower() not in (".mp4", ".mkv"):
        raise UsageError(f"{out} is no name of a video", next_step="give one that ends in .mp4 or .mkv")
    reader = open_store(store)
    frames = export_video(reader, find_sequence(reader, sequence), out, fps=fps)
    print(f"{out}: {frames} frames", file=sys.stderr)


def _tell(written: Written, out: Path, json: bool) -> None:
    import json as json_module
    from dataclasses import asdict

    if json:
        facts = {**asdict(written), "partition": str(written.partition) if written.partition else None}
        typer.echo(json_module.dumps(facts, indent=2))
        return
    lines = [f"{out}: {written.sequences} sequences, {written.files} files written, {written.kept} were there already"]
    if written.invalid:
        lines.append(f"  {written.invalid} frames are not valid and were written too; --frames valid leaves them out")
    if written.left_out:
        lines.append(f"  {written.left_out} sequences have no valid frame and are left out")
    if written.partition:
        lines.append(f"  partition: {written.partition}")
    print("\n".join(lines), file=sys.stderr)


def _one_of(option: str, given: list[str], known: tuple[str, ...]) -> list[str]:
    from gaitprep.errors import UsageError

    for value in given:
        if value not in known:
            raise UsageError(f"{option} is {value!r}", next_step=f"give {', '.join(known)}")
    return given


def _choice(frames: str) -> Choice:
    _one_of("--frames", [frames], ("all", "valid"))
    return "valid" if frames == "valid" else "all"


def _width(width: int | None) -> int | None:
    if width is not None:
        _one_of("--width", [str(width)], ("44", "64"))
    return width
