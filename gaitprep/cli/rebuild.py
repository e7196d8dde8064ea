"""Stages as they were last run on a work folder, from what their ledgers noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaitprep.pack.append import AppendStage
    from gaitprep.run.ledger import Ledger
    from gaitprep.run.stage import Stage
    from gaitprep.work.layout import WorkDir


def last_stages(work: WorkDir) -> Iterator[tuple[str, Stage[Any], Ledger]]:
    """Name, stage and ledger of every stage that was run here, in the order of the pipeline.

    Stores that were appended to are not among them: `extended_stores`.
    """
    for name in ("track", "segment", "align"):
        ledger = work.ledger(name)
        if (settings := ledger.settings()) is not None:
            yield name, _stage(name, settings, work), ledger
    for ledger, settings in _stores(work, "pack"):
        out = Path(settings["arguments"]["out"])
        if not _is_extended(out):
            yield f"pack {out.name}", _pack_stage(settings, work), ledger


def extended_stores(work: WorkDir) -> Iterator[tuple[str, Callable[[], AppendStage], Ledger]]:
    """Name, maker and ledger of the append stage of every store that this work folder was appended to.

    The maker raises as the stage does, when the store is not whole.
    """
    for ledger, settings in _stores(work, "append"):
        out = Path(settings["arguments"]["out"])
        if _is_extended(out):
            yield f"pack {out.name}", partial(_append_stage, settings, work), ledger


def _stores(work: WorkDir, stage: str) -> Iterator[tuple[Ledger, dict[str, Any]]]:
    """Ledger and settings of every store that a stage wrote."""
    above = work.ledger(stage).folder
    for folder in sorted(above.iterdir()) if above.is_dir() else []:
        ledger = _ledger(folder)
        if folder.is_dir() and (settings := ledger.settings()) is not None:
            yield ledger, settings


def _is_extended(out: Path) -> bool:
    """Whether a store holds, or is about to hold, what was appended to it."""
    from gaitprep.errors import GaitprepError
    from gaitprep.store.place import place_of
    from gaitprep.store.root import root_at

    place = place_of(out)
    try:
        document, _ = root_at(place)
    except GaitprepError:
        return False
    return place.is_growing or any(recipe["stage"] == "append" for recipe in document.provenance.get("stages", ()))


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


def _append_stage(settings: dict[str, Any], work: WorkDir) -> AppendStage:
    from gaitprep.manifest.table import read_manifest
    from gaitprep.pack.append import AppendStage
    from gaitprep.pack.config import PackConfig

    config = PackConfig.model_validate(settings["config"])
    return AppendStage(config, work, Path(settings["arguments"]["out"]), read_manifest(work.manifest))


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
