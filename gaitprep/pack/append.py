"""Appending to a store: what is in it stays as it is, byte by byte; what is new goes behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from gaitprep.errors import StoreError, WorkError
from gaitprep.manifest.protocol import Protocol
from gaitprep.manifest.records import VideoRecord
from gaitprep.pack.config import PackConfig
from gaitprep.pack.contents import document
from gaitprep.pack.pieces import SOURCES
from gaitprep.pack.plan import Plan, make_plan
from gaitprep.pack.stage import PackStage
from gaitprep.run.ledger import Record
from gaitprep.run.stage import Result, Unit
from gaitprep.store.commit import replay
from gaitprep.store.inventory import StoredObject
from gaitprep.store.reader import open_store
from gaitprep.store.root import RootDocument, json_bytes, read_root
from gaitprep.store.schema import ROOT, SEQUENCES, ArraySpec
from gaitprep.store.table import LABELS, SequenceTable, extended, table_objects
from gaitprep.store.writer import begin_append, extend, refuse_url
from gaitprep.work.layout import WorkDir


class AppendStage(PackStage):
    """Appends the sequences of a work folder that the store `out` does not hold yet.

    They begin at the next shard, so that no stored object changes; the frames between belong to no sequence. The
    layout of the store is kept, whatever the settings say.

    Args:
        config: settings; those of the layout are taken from the store.
        work: the work folder.
        out: the store.
        records: the manifest, in any order.
        protocol: of the data set; the store's own where it is None.

    Raises:
        StoreError: there is no whole store at `out`, or it was made without arrays that a work folder gives.
    """

    name: ClassVar[str] = "append"
    version: ClassVar[int] = 1
    verb: ClassVar[str] = "gaitprep pack --append"
    appending: ClassVar[bool] = True

    def __init__(
        self,
        config: PackConfig,
        work: WorkDir,
        out: Path,
        records: list[VideoRecord],
        *,
        protocol: Protocol | None = None,
    ) -> None:
        refuse_url(out)
        store = open_store(out)
        if missing := {name for names in SOURCES.values() for name in names} - set(store.arrays):
            raise StoreError(
                f"{out} has no {min(missing)}, which a work folder gives",
                next_step="pack into a store of its own, then: gaitprep merge",
            )
        self.table = store.sequences
        self.old_document = store.document
        self.specs = {name: store.spec(name) for name in store.arrays}
        layout = {
            name: {"chunk_frames": self.specs[name].chunk_frames, "codec": self.specs[name].codec}
            for name in ("rgb", "mask", "silhouette")
        }
        kept = {**config.model_dump(), "shard_frames": self.specs["rgb"].shard_frames, **layout}
        super().__init__(
            PackConfig.model_validate(kept),
            work,
            out,
            records,
            name=self.old_document.name,
            protocol=protocol or self.old_document.protocol,
        )

    @cached_property
    def plan(self) -> Plan:
        """The new sequences.

        Raises:
            WorkError: a video that the store holds is not what it was when it was packed.
        """
        plan = make_plan(self.records, self.facts.videos, self.config.min_valid_frames)
        sources = self.old_document.provenance.get("sources", {})
        for video, facts in self.facts.videos.items():
            if video in sources and facts.digest and facts.digest != sources[video]:
                raise WorkError(
                    f"{video} has changed since it was packed into {self.out}",
                    cause="an append changes nothing that is in the store",
                    next_step="run gaitprep pack without --append to write the store anew",
                )
        held = set(zip(self.table.video.tolist(), self.table.tracklet.tolist(), strict=True))
        return Plan(tuple(s for s in plan.sequences if (s.video, s.tracklet) not in held), plan.excluded)

    @property
    def held(self) -> int:
        """Shards of every array that the store holds already."""
        return -(-self.old_document.frames // self.config.shard_frames)

    def units(self) -> list[Unit]:
        """One unit for each new shard; none when nothing is new."""
        if not self.plan.sequences:
            return []
        return [
            replace(unit, unit_id=f"shard-{number:05d}", source=(number, *unit.source[1:]))
            for number, unit in enumerate(super().units(), self.held)
        ]

    def process(self, unit: Unit) -> Result:
        """Writes one new shard of every array. Raises as for pack."""
        begin_append(self.out)
        return super().process(unit)

    def finish(self, records: Mapping[str, Record]) -> None:
        """Makes the new shards part of the store, all at once, when every one of them is there.

        Raises:
            StoreError: a shard failed; the store stays as it was.
        """
        self.refuse_failed(records)
        replay(self.out)
        if not self.plan.sequences:
            return
        _, inventory = read_root(self.out)
        shards = {key: item for key, item in inventory.items() if "/c/" in key and not key.startswith(SEQUENCES)}
        for record in records.values():
            for key, item in record.details["objects"].items():
                shards[key] = StoredObject.from_json(key, item)
        start = self.held * self.config.shard_frames
        labels = {name: [getattr(sequence, name) for sequence in self.plan.sequences] for name in LABELS}
        more = SequenceTable.of([sequence.length for sequence in self.plan.sequences], labels)
        frames = start + self.plan.frames
        small = {f"{spec.name}/{ROOT}": json_bytes(spec.metadata(frames)) for spec in self.specs.values()}
        table = extended(self.table, more, start)
        extend(self.out, shards, small | table_objects(table), self._document(frames, len(table)))

    def _document(self, frames: int, sequences: int) -> RootDocument:
        old = self.old_document
        new = document(self.plan, self.facts, self._recipe(), name=old.name, protocol=self.protocol)
        stages = [stage for stage in new.provenance["stages"] if stage not in old.provenance["stages"]]
        known = {(row["video"], row["tracklet"]) for row in new.excluded}
        return RootDocument(
            name=old.name,
            frames=frames,
            sequences=sequences,
            protocol=self.protocol,
            provenance={
                "stages": [*old.provenance["stages"], *stages],
                "sources": {**old.provenance["sources"], **new.provenance["sources"]},
            },
            excluded=[*(r for r in old.excluded if (r["video"], r["tracklet"]) not in known), *new.excluded],
        )

    def _specs(self) -> dict[str, ArraySpec]:
        widths = {self.facts.videos[sequence.video].width for sequence in self.plan.sequences}
        width = self.specs["silhouette"].frame_shape[1]
        if widths - {width}:
            raise WorkError(
                f"silhouettes in {self.work.root} are {max(widths - {width})} columns wide, in {self.out} {width}",
                next_step=f"run: gaitprep align --work {self.work.root} with the size of the store",
            )
        return self.specs
