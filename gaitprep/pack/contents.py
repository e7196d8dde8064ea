"""What stands in a store beside its shards: array metadata, the sequence table, the root document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaitprep.manifest.protocol import Protocol
from gaitprep.pack.facts import STAGES, Facts
from gaitprep.pack.plan import Plan
from gaitprep.store.root import RootDocument, json_bytes
from gaitprep.store.schema import ROOT, ArraySpec
from gaitprep.store.table import LABELS, SequenceTable, table_objects


def small_objects(plan: Plan, specs: Mapping[str, ArraySpec]) -> dict[str, bytes]:
    """Metadata of the arrays and the group `sequences`: content by name."""
    metadata = {f"{spec.name}/{ROOT}": json_bytes(spec.metadata(plan.frames)) for spec in specs.values()}
    labels = {name: [getattr(sequence, name) for sequence in plan.sequences] for name in LABELS}
    table = SequenceTable.of([sequence.length for sequence in plan.sequences], labels)
    return metadata | table_objects(table)


def document(
    plan: Plan, facts: Facts, recipe: Mapping[str, Any], *, name: str, protocol: Protocol | None
) -> RootDocument:
    """What the root says.

    Args:
        plan: what the store holds.
        facts: what it was made from.
        recipe: of pack itself: version and settings.
        name: of the domain.
        protocol: of the data set.
    """
    used = sorted({sequence.video for sequence in plan.sequences})
    recipes = {digest: facts.recipes[digest] for video in used for digest in facts.videos[video].recipes.values()}
    stages = sorted(recipes, key=lambda digest: (STAGES.index(recipes[digest]["stage"]), digest))
    return RootDocument(
        name=name,
        frames=plan.frames,
        sequences=len(plan.sequences),
        protocol=protocol,
        provenance={
            "stages": [*(recipes[digest] for digest in stages), dict(recipe)],
            "sources": {video: facts.videos[video].digest for video in used},
        },
        excluded=[{"video": e.video, "tracklet": e.tracklet, "reason": e.reason} for e in plan.excluded],
    )
