"""`gaitprep evaluate`: checkpoints × stores → rank-k and IoU."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import DeviceOption, JsonOption, VerboseOption


class Distance(StrEnum):
    """Distances between embeddings."""

    PER_PART = "per-part"
    CONCAT = "concat"
    COSINE = "cosine"


class Arithmetic(StrEnum):
    """Arithmetic of the network."""

    FP32 = "fp32"
    BF16 = "bf16"
    AUTO = "auto"


class Interiors(StrEnum):
    """Masks that GaitEdge fills its silhouettes with."""

    PREDICTED = "predicted"
    REFERENCE = "reference"


def evaluate(
    checkpoint: Annotated[
        list[Path], typer.Option("--checkpoint", help="A trained network; may be repeated.", show_default=False)
    ],
    store: Annotated[
        list[Path],
        typer.Option(
            "--store",
            help="A store; may be repeated. One of another domain gives the cross-domain number.",
            show_default=False,
        ),
    ],
    protocol: Annotated[
        str | None,
        typer.Option(
            "--protocol", help="Rules for all stores: a bundled name or a YAML file.", show_default="each store's own"
        ),
    ] = None,
    distance: Annotated[
        Distance, typer.Option("--distance", help="Between embeddings; per-part is the field's.")
    ] = Distance.PER_PART,
    precision: Annotated[
        Arithmetic, typer.Option("--precision", help="fp32 gives the same numbers everywhere; bf16 is faster.")
    ] = Arithmetic.FP32,
    untrained: Annotated[
        bool,
        typer.Option(
            "--untrained", help="Also test each recogniser of silhouettes with random weights: what training adds."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also write the results here: FILE.json, or tables as FILE.md.", show_default=False),
    ] = None,
    embeddings: Annotated[
        Path | None,
        typer.Option(
            "--embeddings", help="Also keep the embeddings here, a safetensors file per test.", show_default=False
        ),
    ] = None,
    offset: Annotated[
        int,
        typer.Option("--offset", min=0, max=64, help="Move crops at random by up to so many pixels, as figure 6 does."),
    ] = 0,
    mask_source: Annotated[
        Interiors | None,
        typer.Option(
            "--mask-source",
            help="Where GaitEdge takes its interiors from: its own masks, so that RGB is enough, or the store's. "
            "Tells a weak segmentation from a weak recogniser.",
            show_default="as trained",
        ),
    ] = None,
    device: DeviceOption = "auto",
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Test networks on the subjects that did not train: rank-k of recognisers, IoU of segmentation networks.

    Every checkpoint is tested on every store. -v adds rank-1 of each probe view and of each pair of views.
    """
    from rich.console import Console

    from gaitprep.evaluate.markdown import markdown
    from gaitprep.evaluate.runner import evaluate as evaluate_networks
    from gaitprep.evaluate.tables import remarks, tables
    from gaitprep.manifest.protocol import load_protocol
    from gaitprep.run.atomic import publish_text
    from gaitprep.run.events import Events

    rules = load_protocol(protocol) if protocol else None
    with Events(quiet=json) as events:
        results = evaluate_networks(
            checkpoint,
            store,
            events,
            protocol=rules,
            metric=distance.value,
            device=device,
            precision=precision.value,
            untrained=untrained,
            embeddings=embeddings,
            offset=offset,
            mask_source=mask_source.value if mask_source else None,
        )
    if out is not None and out.suffix == ".md":
        publish_text(out, markdown(tables(results, by_view=verbose)))
    elif out is not None:
        results.write(out)
    if json:
        typer.echo(results.as_json())
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = 200
        for table in tables(results, by_view=verbose):
            console.print(table)
    for remark in remarks(results):
        print(remark, file=sys.stderr)
