"""Stores → a store: chosen sequences of one (subset) or all of several (merge), in a new place."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

import gaitprep
from gaitprep.errors import StoreError
from gaitprep.manifest.protocol import Protocol
from gaitprep.pack.clash import Subjects, labels_of
from gaitprep.pack.contents import small_objects
from gaitprep.pack.plan import Piece, Plan, PlannedSequence
from gaitprep.run.digest import digest_json
from gaitprep.run.ledger import Ledger, Record
from gaitprep.run.stage import Result, Stage, StageConfig, Unit
from gaitprep.store.inventory import StoredObject
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.store.root import RootDocument
from gaitprep.store.schema import PICTURES, REQUIRED, ArraySpec
from gaitprep.store.writer import check_target, complete, write_shard

_LEDGER = ".under-way"


class RestackConfig(StageConfig):
    """Settings of subset and merge.

    Attributes:
        verb: which of the two, for the provenance.
        name: of the new store's domain.
        arrays: those that the new store has, all that the sources share when it is empty.
        subjects: what equal names of subjects in two stores mean.
        choice: what was asked for, for the provenance.
    """

    verb: str
    name: str
    arrays: tuple[str, ...] = ()
    subjects: Subjects = "refuse"
    choice: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Sequences of one store: its path, and their numbers in it."""

    path: str
    rows: tuple[int, ...]


class RestackStage(Stage[RestackConfig]):
    """Writes sequences of stores into the store `out`, shard by shard.

    Frames keep their values, the layout is that of the first source. The ledger lies in the unfinished store and goes
    with its completion; a later run compares every shard, and writes again what differs.

    Args:
        config: settings.
        sources: where the sequences come from.
        out: the store.

    Raises:
        StoreError: a source is not whole, the sources do not fit each other, or `out` is one of them.
    """

    name: ClassVar[str] = "restack"
    version: ClassVar[int] = 1

    def __init__(self, config: RestackConfig, sources: Sequence[Source], out: Path) -> None:
        super().__init__(config)
        self.sources, self.out = tuple(sources), out
        stores = [open_store(source.path) for source in sources]
        if out.resolve() in {Path(source.path).resolve() for source in sources}:
            raise StoreError(f"{out} is a source and cannot be the target", next_step="choose another --out")
        self.digests = [digest_json(store.inventory.as_json()) for store in stores]
        self.specs = _common(stores, config.arrays)
        self.labels = labels_of(stores, config.subjects)
        self.videos = [store.sequences.video.tolist() for store in stores]
        self.lengths = [store.sequences.length.tolist() for store in stores]
        self.documents = [store.document for store in stores]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "labels": [], "videos": [], "lengths": [], "documents": []}

    @property
    def ledger(self) -> Ledger:
        """Where this stage notes what is done, until the store is complete."""
        return Ledger(self.out / _LEDGER)

    @property
    def loses_protocol(self) -> bool:
        """Whether sources have protocols of which none can stand for all."""
        return self._protocol is None and any(document.protocol for document in self.documents)

    @property
    def _protocol(self) -> Protocol | None:
        first = self.documents[0].protocol
        same = all(document.protocol == first for document in self.documents)
        return first if same and self.config.subjects != "apart" else None

    def units(self) -> list[Unit]:
        """One unit for each shard. Raises `StoreError` when `out` holds something that is no store."""
        check_target(self.out, self.config.verb)
        # Here a piece's video is the number of its source, and its tracklet the row there.
        plan = Plan(
            tuple(
                PlannedSequence("", "", "", str(number), str(row), self.lengths[number][row])
                for number, row in self._rows()
            ),
            (),
        )
        return [
            Unit(f"shard-{number:05d}", digest_json([self._origin(piece) for piece in pieces]), None, (number, pieces))
            for number, pieces in enumerate(plan.shards(next(iter(self.specs.values())).shard_frames))
        ]

    def process(self, unit: Unit) -> Result:
        """Writes one shard of every array. Raises `StoreError` when a source cannot be read."""
        number, pieces = unit.source
        stores = {number: _opened(self.sources[int(number)].path) for number in {piece.video for piece in pieces}}
        total = sum(len(piece) for piece in pieces)
        objects = []
        for spec in self.specs.values():
            frames = np.empty((total, *spec.frame_shape), np.dtype(spec.dtype).newbyteorder("<"))
            done = 0
            for piece in pieces:
                store = stores[piece.video]
                start = int(store.sequences.start[int(piece.tracklet)])
                store.read(spec.name, start + piece.first, start + piece.last, frames[done : done + len(piece)])
                done += len(piece)
            objects.append(write_shard(self.out, spec, number, frames))
        return Result(
            output_digest=digest_json([entry.digest for entry in objects]),
            output_bytes=sum(entry.size for entry in objects),
            counts={"frames": total},
            details={"objects": {entry.key: entry.as_json() for entry in objects}},
        )

    def check(self, unit: Unit, record: Record) -> bool:
        """Whether every object of the shard is there with its size."""
        sizes = {key: size for key, (size, *_) in record.details.get("objects", {}).items()}
        try:
            return all((self.out / key).stat().st_size == size for key, size in sizes.items())
        except OSError:
            return False

    def finish(self, records: Mapping[str, Record]) -> None:
        """Completes the store when every shard is there. Raises `StoreError` when one failed."""
        failed = [record for record in records.values() if record.outcome == "failed"]
        if failed:
            raise StoreError(
                f"{self.out} stays unfinished: {len(failed)} of {len(records)} shards failed",
                cause=failed[0].reason,
                next_step=f"remove the cause and run gaitprep {self.config.verb} again",
            )
        shards = {
            key: StoredObject.from_json(key, item)
            for record in records.values()
            for key, item in record.details["objects"].items()
        }
        plan = Plan(tuple(self._sequence(*place) for place in self._rows()), ())
        complete(self.out, shards, small_objects(plan, self.specs), self._document(plan))
        shutil.rmtree(self.out / _LEDGER, ignore_errors=True)

    def _rows(self) -> list[tuple[int, int]]:
        return [(number, row) for number, source in enumerate(self.sources) for row in source.rows]

    def _sequence(self, number: int, row: int) -> PlannedSequence:
        labels = {name: column[row] for name, column in self.labels[number].items()}
        return PlannedSequence(**labels, length=self.lengths[number][row])

    def _origin(self, piece: Piece) -> list[Any]:
        return [self.digests[int(piece.video)], piece.tracklet, piece.first, piece.last]

    def _document(self, plan: Plan) -> RootDocument:
        stages = [stage for document in self.documents for stage in document.provenance["stages"]]
        recipe = {
            "stage": self.config.verb,
            "version": self.version,
            "config": self.config.model_dump(mode="json"),
            "gaitprep": gaitprep.__version__,
        }
        origins = {
            self.labels[number]["video"][row]: self.documents[number]
            .provenance.get("sources", {})
            .get(self.videos[number][row], "")
            for number, row in self._rows()
        }
        return RootDocument(
            name=self.config.name,
            frames=plan.frames,
            sequences=len(plan.sequences),
            protocol=self._protocol,
            provenance={
                "stages": [*(s for i, s in enumerate(stages) if s not in stages[:i]), recipe],
                "sources": origins,
            },
            excluded=[row for document in self.documents for row in document.excluded],
        )


def _common(stores: Sequence[StoreReader], wanted: Sequence[str]) -> dict[str, ArraySpec]:
    """The arrays that all stores have, or those that are wanted, in the layout of the first store."""
    first, *others = stores
    names = [name for name in first.arrays if all(name in store.arrays for store in others)]
    for store in stores:
        store.require(wanted)
    needed = [name for name in names if not wanted or name in wanted or name in REQUIRED]
    if not set(needed) & set(PICTURES):
        raise StoreError(
            f"{' and '.join(str(store.path) for store in stores)} have no pictures in common",
            next_step=f"at least one of {', '.join(PICTURES)} is needed",
        )
    for name in needed:
        for store in others:
            mine, theirs = first.spec(name).frame_shape, store.spec(name).frame_shape
            if mine != theirs:
                raise StoreError(
                    f"{name} has frames of {list(mine)} in {first.path} and of {list(theirs)} in {store.path}",
                    next_step="make one of them again with the size of the other: gaitprep align",
                )
    return {name: first.spec(name) for name in needed}


@functools.lru_cache(maxsize=8)
def _opened(path: str) -> StoreReader:
    """A source, opened once by each worker."""
    return open_store(path, cache_bytes=0)
