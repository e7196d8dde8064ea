"""The pack stage: work files → a store, one shard of all arrays at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray

import gaitprep
from gaitprep.errors import GaitprepError, StoreError, WorkError
from gaitprep.manifest.protocol import Protocol
from gaitprep.manifest.records import VideoRecord
from gaitprep.pack.config import PackConfig
from gaitprep.pack.contents import document, small_objects
from gaitprep.pack.facts import Facts, gather
from gaitprep.pack.pieces import SOURCES, fetch
from gaitprep.pack.plan import Piece, Plan, make_plan
from gaitprep.run.digest import digest_json
from gaitprep.run.ledger import Ledger, Record
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.store.inventory import StoredObject
from gaitprep.store.schema import ArraySpec
from gaitprep.store.writer import check_target, complete, write_shard
from gaitprep.work.layout import WorkDir


def pack_ledger(work: WorkDir, out: Path, partition: str = "1/1", stage: str = "pack") -> Ledger:
    """The ledger of one store: a work folder can serve several."""
    place = os.path.relpath(out.resolve(), work.root.resolve())
    return Ledger(work.ledger(stage).folder / f"{out.name}-{digest_json(place)[:8]}", partition)


class PackStage(Stage[PackConfig]):
    """Packs a work folder into the store `out`.

    Args:
        config: settings.
        work: the work folder.
        out: the store.
        records: the manifest, in any order.
        name: of the domain.
        protocol: of the data set, kept in the store.
    """

    name: ClassVar[str] = "pack"
    version: ClassVar[int] = 1
    verb: ClassVar[str] = "gaitprep pack"
    """What a user runs again when a shard failed."""
    appending: ClassVar[bool] = False
    """Whether shards are written behind those of a store that stays as it is."""

    def __init__(
        self,
        config: PackConfig,
        work: WorkDir,
        out: Path,
        records: list[VideoRecord],
        *,
        name: str,
        protocol: Protocol | None = None,
    ) -> None:
        super().__init__(config)
        self.work = work
        self.out = out
        self.records = records
        self.domain = name
        self.protocol = protocol

    def __getstate__(self) -> dict[str, Any]:
        # Workers need neither the manifest nor the plan of the whole store.
        state = {key: value for key, value in self.__dict__.items() if key not in ("facts", "plan")}
        return {**state, "records": []}

    def arguments(self) -> dict[str, str | None]:
        """Where the store goes, and what it is called."""
        return {
            "out": str(self.out),
            "name": self.domain,
            "protocol": self.protocol.model_dump_json() if self.protocol else None,
        }

    @cached_property
    def facts(self) -> Facts:
        """What the earlier stages left of each video."""
        return gather(self.work, self.records)

    @cached_property
    def plan(self) -> Plan:
        """What the store will hold.

        Raises:
            WorkError: an earlier stage has not been run, or nothing is left to pack.
        """
        plan = make_plan(self.records, self.facts.videos, self.config.min_valid_frames)
        if not plan.sequences:
            raise self.empty(plan)
        return plan

    def empty(self, plan: Plan) -> GaitprepError:
        """The error of a plan without sequences."""
        first = f"{plan.excluded[0].video}: {plan.excluded[0].reason}" if plan.excluded else "no videos"
        return WorkError(
            f"{self.work.root} has no sequence to pack",
            cause=f"{len(plan.excluded)} left out, first {first}",
            next_step=f"see: gaitprep status --work {self.work.root}",
        )

    def units(self) -> list[Unit]:
        """One unit for each shard.

        Raises:
            StoreError: `out` holds something that is no store.
            WorkError: as `plan`.
        """
        maker = "" if self.appending else type(self).name
        check_target(self.out, maker, {record.video_id for record in self.records})
        specs = self._specs()
        units = []
        for number, pieces in enumerate(self.plan.shards(self.config.shard_frames)):
            inputs = [
                [self.facts.videos[piece.video].digest, piece.tracklet, piece.first, piece.last] for piece in pieces
            ]
            units.append(Unit(f"shard-{number:05d}", digest_json(inputs), None, (number, specs, pieces)))
        return units

    def key(self, unit: Unit) -> str:
        """As for any stage, but settings that only choose sequences act through the input."""
        layout = self.config.model_dump(mode="json", exclude={"min_valid_frames"})
        return digest_json([type(self).name, self.version, layout, unit.input_digest])

    def process(self, unit: Unit) -> Result:
        """Writes one shard of every array.

        Raises:
            StoreError: a work file is no longer what the plan saw; tried again at the next run.
        """
        number, specs, pieces = unit.source
        objects: list[StoredObject] = []
        # One stage's frames are written while the next one's are read; never more than that is under way.
        with ThreadPoolExecutor(1) as writer:
            writing: Future[list[StoredObject]] | None = None
            for stage, names in SOURCES.items():
                wanted = [specs[name] for name in names]
                try:
                    arrays = fetch(self.work, stage, wanted, pieces)
                except (WorkError, KeyError, ValueError, OSError) as error:
                    raise StoreError(
                        f"{unit.unit_id} lacks frames of '{stage}'",
                        cause=str(error),
                        next_step=f"run gaitprep {stage} again",
                    ) from error
                objects += writing.result() if writing else []
                writing = writer.submit(self._write, number, wanted, arrays)
            objects += writing.result() if writing else []
        return Result(
            output_digest=digest_json([entry.digest for entry in objects]),
            output_bytes=sum(entry.size for entry in objects),
            counts={"frames": sum(len(piece) for piece in pieces)},
            details={"objects": {entry.key: entry.as_json() for entry in objects}},
        )

    def frames(self, specs: Sequence[ArraySpec], pieces: Sequence[Piece]) -> dict[str, NDArray[Any]]:
        """Frames of arrays, from the work files. Raises `WorkError` when one is missing, damaged or lacks them."""
        found: dict[str, NDArray[Any]] = {}
        for stage, names in SOURCES.items():
            wanted = [spec for spec in specs if spec.name in names]
            try:
                arrays = fetch(self.work, stage, wanted, pieces) if wanted else []
            except (KeyError, ValueError, OSError) as error:
                raise WorkError(f"frames of '{stage}' are not to be had", cause=str(error)) from error
            found |= {spec.name: array for spec, array in zip(wanted, arrays, strict=True)}
        return found

    def small(self) -> dict[str, bytes]:
        """The sequence table: content by name."""
        return small_objects(self.plan, {})

    def _write(self, number: int, specs: list[ArraySpec], arrays: list[NDArray[Any]]) -> list[StoredObject]:
        return [
            write_shard(self.out, spec, number, array, appending=self.appending)
            for spec, array in zip(specs, arrays, strict=True)
        ]

    def check(self, unit: Unit, record: Record) -> bool:
        """Whether every object of the shard is still there with its size."""
        try:
            return all(
                (self.out / key).stat().st_size == size for key, (size, *_) in record.details.get("objects", {}).items()
            )
        except OSError:
            return False

    def finish(self, records: Mapping[str, Record]) -> None:
        """Completes the store, when every shard of it is there.

        Raises:
            StoreError: a shard failed, so that the store stays unfinished.
        """
        self.refuse_failed(records)
        shards = {
            key: StoredObject.from_json(key, item)
            for record in records.values()
            for key, item in record.details["objects"].items()
        }
        complete(
            self.out,
            shards,
            small_objects(self.plan, self._specs()),
            document(self.plan, self.facts, self._recipe(), name=self.domain, protocol=self.protocol),
        )

    def refuse_failed(self, records: Mapping[str, Record]) -> None:
        """Raises `StoreError` when a shard failed."""
        failed = {unit: record.reason for unit, record in records.items() if record.outcome == "failed"}
        if failed:
            unit, reason = next(iter(failed.items()))
            raise StoreError(
                f"{self.out} stays unfinished: {len(failed)} of {len(records)} shards failed",
                cause=f"{unit}: {reason}",
                next_step=f"remove the cause and run {self.verb} again",
            )

    def _specs(self) -> dict[str, ArraySpec]:
        specs = {spec.name: spec for spec in self.config.arrays()}
        widths = {self.facts.videos[sequence.video].width for sequence in self.plan.sequences}
        if len(widths) > 1:
            raise WorkError(
                f"silhouettes in {self.work.root} are {' and '.join(map(str, sorted(widths)))} columns wide",
                next_step=f"run: gaitprep align --work {self.work.root}",
            )
        specs["silhouette"] = replace(specs["silhouette"], frame_shape=(64, widths.pop()))
        return specs

    def _recipe(self) -> dict[str, Any]:
        return {
            "stage": type(self).name,
            "version": self.version,
            "config": self.config.model_dump(mode="json"),
            "gaitprep": gaitprep.__version__,
        }
