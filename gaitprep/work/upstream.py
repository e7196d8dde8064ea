"""What an earlier stage has left to work on."""

from __future__ import annotations

from gaitprep.errors import WorkError
from gaitprep.manifest.table import read_manifest
from gaitprep.run.ledger import Record
from gaitprep.work.layout import WorkDir


def upstream_units(work: WorkDir, stage: str) -> list[tuple[str, Record]]:
    """The usable results of `stage`: pairs of video id and ledger record, sorted by video id.

    Videos of an earlier source, which the manifest no longer has, are left aside.

    Raises:
        WorkError: the stage has not been run here, or has left nothing usable.
    """
    records = work.ledger(stage).latest()
    if work.manifest.is_file():
        listed = {record.video_id for record in read_manifest(work.manifest)}
        records = {name: record for name, record in records.items() if name in listed}
    if not records:
        raise WorkError(
            f"{work.root} holds no result of '{stage}'",
            cause="the stage has not been run on this work folder",
            next_step=f"run: gaitprep {stage} … --work {work.root}",
        )
    usable = sorted((name, record) for name, record in records.items() if record.outcome != "failed")
    if not usable:
        raise WorkError(
            f"all {len(records)} units of '{stage}' in {work.root} failed",
            cause=next(iter(records.values())).reason,
            next_step=f"see: gaitprep status --work {work.root}",
        )
    return usable
