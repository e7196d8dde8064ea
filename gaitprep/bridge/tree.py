"""From a foreign tree to the stage that imports it: look, judge, choose the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.judge import problems, usual_shapes
from gaitprep.bridge.leaves import Leaf, find_leaves
from gaitprep.bridge.partition import default_protocol, read_partition, with_partition
from gaitprep.bridge.read import suffixes
from gaitprep.bridge.stage import ImportStage
from gaitprep.bridge.survey import survey
from gaitprep.manifest.protocol import Protocol
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution
from gaitprep.work.layout import WorkDir


def plan_import(
    root: Path,
    out: Path,
    work: WorkDir,
    config: ImportConfig,
    execution: Execution,
    events: Events,
    *,
    name: str,
    dataset: Protocol | None = None,
    partition: Path | None = None,
) -> ImportStage:
    """The stage that imports `root` into the store `out`.

    Args:
        root: the tree.
        out: the store.
        work: folder for ledger, events and what is known of the tree.
        config: settings.
        execution: workers.
        events: where progress goes.
        name: of the domain.
        dataset: protocol that gives labels, gallery and probes.
        partition: file that says who trains and who is tested.

    Raises:
        SourceError: there is no sequence below `root`.
        ManifestError: the partition is not usable.
    """
    lists = read_partition(partition) if partition else None
    leaves = find_leaves(root, suffixes(config), dataset)
    found = survey(leaves, config, work.root / "survey.jsonl", execution, events)
    usual = usual_shapes(found, config)
    left_out = problems(leaves, found, usual, config, dataset)
    labels = _labels(leaves, left_out)
    protocol = dataset
    if lists is not None:
        protocol = with_partition(dataset or default_protocol(name, labels), lists, labels) if labels else None
    return ImportStage(config, work, out, leaves, found, usual, left_out, name=name, protocol=protocol)


def _labels(leaves: Sequence[Leaf], left_out: dict[str, str]) -> list[tuple[str, str, str]]:
    return [leaf.labels for leaf in leaves if leaf.labels is not None and leaf.name not in left_out]
