"""Stages as they were last run on a work folder, from what their ledgers noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaitprep.run.ledger import Ledger
    from gaitprep.run.stage import Stage
    from gaitprep.work.layout import WorkDir


def last_stages(work: WorkDir) -> Iterator[tuple[str, Stage[Any], Ledger]]:
    """Name, stage and ledger of every stage that was run here, in the order of the pipeline."""
    for name in ("track", "segment", "align"):
        ledger = work.ledger(name)
        if (settings := ledger.settings()) is not None:
            yield name, _stage(name, settings, work), ledger
    packed = work.ledger("pack").folder
    for folder in sorted(packed.iterdir()) if packed.is_dir() else []:
        ledger = _ledger(folder)
        if folder.is_dir() and (settings := ledger.settings()) is not None:
            yield f"pack {Path(settings['arguments']['out']).name}", _pack_stage(settings, work), ledger


def _ledger(folder: Path) -> Ledger:
    from gaitprep.run.ledger import Ledger

    return Ledger(folder)


def _stage(name: str, settings: dict[str, Any], work: WorkDir) -> Stage[Any]:
    config = settings["config"]
    if name == "segment":
        from gaitprep.segment.config import SegmentConfig
        from gaitprep.segment.stage import SegmentStage

        return SegmentStage(SegmentConfig.model_validate(config), work)
    if name == "align":
        from gaitprep.align.config import AlignConfig
        from gaitprep.align.stage import AlignStage

        return AlignStage(AlignConfig.model_validate(config), work)
    from gaitprep.manifest.table import read_manifest
    from gaitprep.track.config import TrackConfig
    from gaitprep.track.stage import TrackStage

    # Looking needs no weights; the config already carries their digest.
    return TrackStage(TrackConfig.model_validate(config), work, read_manifest(work.manifest), Path())


def _pack_stage(settings: dict[str, Any], work: WorkDir) -> Stage[Any]:
    from gaitprep.manifest.protocol import Protocol
    from gaitprep.manifest.table import read_manifest
    from gaitprep.pack.config import PackConfig
    from gaitprep.pack.stage import PackStage

    arguments = settings["arguments"]
    protocol = arguments["protocol"]
    return PackStage(
        PackConfig.model_validate(settings["config"]),
        work,
        Path(arguments["out"]),
        read_manifest(work.manifest),
        name=arguments["name"],
        protocol=Protocol.model_validate_json(protocol) if protocol else None,
    )
