"""`gaitprep import-checkpoint`: a checkpoint of the released framework → one of gaitprep."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption


class Architecture(StrEnum):
    """Networks that the framework has released."""

    GAITGL = "gaitgl"
    GAITGL_LARGE = "gaitgl-large"
    GAITSET = "gaitset"
    GAITPART = "gaitpart"
    UNET = "unet"
    GAITEDGE = "gaitedge"
    GAITGL_E2E = "gaitgl-e2e"


def import_checkpoint(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint of OpenGait (.pt).", show_default=False)],
    architecture: Annotated[
        Architecture, typer.Option("--architecture", help="The network that it holds.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help="Where to write the safetensors file.", show_default=False)],
    trained_on: Annotated[
        str | None, typer.Option("--trained-on", help="Domain it was trained on, for tables.", show_default=False)
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting other than the released one, e.g. align=exact; may be repeated.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Turn a checkpoint of OpenGait into one for evaluate and train. Sizes and classes are read from its tensors.

    GaitEdge and GaitGL-E2E are set up as released: --set align=opengait, and GaitEdge takes its interiors from
    reference masks (--set mask_source=predicted makes RGB enough).
    """
    import json as json_module

    from gaitprep.cli.settings import parse_settings
    from gaitprep.models.opengait import import_checkpoint as convert
    from gaitprep.models.registry import sizes_of

    network = convert(
        checkpoint,
        architecture.value,
        out,
        trained_on=(trained_on,) if trained_on else (),
        sizes=parse_settings(settings),
    )
    sizes = sizes_of(network.config)
    if json:
        summary = {"architecture": architecture.value, "sizes": sizes, "checkpoint": str(out)}
        typer.echo(json_module.dumps(summary, indent=2))
    else:
        words = ", ".join(f"{name} {value}" for name, value in sizes.items())
        print(f"import-checkpoint: {architecture.value} with {words} → {out}", file=sys.stderr)
