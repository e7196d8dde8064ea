"""The import stage: a foreign tree → a store, one shard of all arrays at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.judge import Shapes
from gaitprep.bridge.leaves import Leaf
from gaitprep.bridge.read import read_leaf
from gaitprep.bridge.survey import Found
from gaitprep.errors import InputError, SourceError, StoreError
from gaitprep.manifest.protocol import Protocol
from gaitprep.manifest.records import VideoRecord
from gaitprep.pack.facts import Facts, VideoFacts
from gaitprep.pack.plan import Piece, Plan
from gaitprep.pack.stage import PackStage
from gaitprep.run.digest import digest_json
from gaitprep.run.stage import Result, Unit
from gaitprep.store.schema import ArraySpec
from gaitprep.store.writer import check_target, write_shard
from gaitprep.work.layout import WorkDir


class ImportStage(PackStage):
    """Writes the sequences of a foreign tree into the store `out`.

    Args:
        config: settings.
        work: folder for ledger and events.
        out: the store.
        leaves: the sequences of the tree.
        found: what each leaf holds.
        usual: arrays of the store, and the frame that each has in this tree.
        problems: why leaves are left out.
        name: of the domain.
        protocol: kept in the store.
    """

    name: ClassVar[str] = "import"
    version: ClassVar[int] = 2
    verb: ClassVar[str] = "gaitprep import"

    def __init__(
        self,
        config: ImportConfig,
        work: WorkDir,
        out: Path,
        leaves: list[Leaf],
        found: dict[str, Found],
        usual: Shapes,
        problems: dict[str, str],
        *,
        name: str,
        protocol: Protocol | None,
    ) -> None:
        super().__init__(config, work, out, [_record(leaf) for leaf in leaves], name=name, protocol=protocol)
        self.config: ImportConfig = config
        self.leaves = {leaf.name: leaf for leaf in leaves}
        self.found = found
        self.usual = usual
        self.problems = problems

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "leaves": {}, "found": {}, "problems": {}}

    @cached_property
    def facts(self) -> Facts:
        """What is known of each sequence, as `pack` knows it of videos."""
        return Facts({name: self._facts(name, item) for name, item in self.found.items()}, {})

    def units(self) -> list[Unit]:
        """One unit for each shard.

        Raises:
            SourceError: no sequence is left.
            StoreError: `out` holds something that is no store.
        """
        check_target(self.out, self.name, self.leaves)
        plan, specs = self.plan, self._specs()
        units = []
        for number, pieces in enumerate(plan.shards(self.config.shard_frames)):
            inputs = [[self.found[piece.video].digest, piece.first, piece.last] for piece in pieces]
            leaves = {piece.video: self.leaves[piece.video] for piece in pieces}
            digests = {name: self.found[name].digest for name in leaves}
            units.append(
                Unit(f"shard-{number:05d}", digest_json(inputs), None, (number, specs, pieces, leaves, digests))
            )
        return units

    def empty(self, plan: Plan) -> SourceError:
        """The error of a tree without sequences."""
        first = plan.excluded[0]
        return SourceError(
            f"there is no sequence to import: {len(plan.excluded)} of {len(self.leaves)} are left out",
            cause=f"the first is {first.video}: {first.reason}",
            next_step="see docs/bridge.md for what is read",
        )

    def process(self, unit: Unit) -> Result:
        """Writes one shard of every array.

        Raises:
            StoreError: a file is no longer what was planned with; tried again at the next run.
        """
        number, specs, pieces, leaves, digests = unit.source
        arrays = _gather(specs, pieces, lambda video: self._read(leaves[video], digests[video]))
        objects = [write_shard(self.out, specs[name], number, array) for name, array in arrays.items()]
        return Result(
            output_digest=digest_json([entry.digest for entry in objects]),
            output_bytes=sum(entry.size for entry in objects),
            counts={"frames": sum(len(piece) for piece in pieces)},
            details={"objects": {entry.key: entry.as_json() for entry in objects}},
        )

    def frames(self, specs: Sequence[ArraySpec], pieces: Sequence[Piece]) -> dict[str, NDArray[Any]]:
        """Frames of arrays, from the tree. Raises `SourceError` when they are not there as they were imported."""

        def read(video: str) -> dict[str, NDArray[Any]]:
            if video not in self.leaves:
                raise SourceError(f"{video} is not in the tree")
            try:
                return read_leaf(self.leaves[video], self.config)[0].arrays
            except OSError as error:
                raise SourceError(f"{video} cannot be read", cause=str(error)) from error

        try:
            return _gather({spec.name: spec for spec in specs}, pieces, read)
        except (KeyError, ValueError) as error:
            raise error if isinstance(error, InputError) else SourceError("its files have changed") from error

    def noticed(self) -> dict[str, int]:
        """Frames of the store by what was done to them or seen in them."""
        totals: dict[str, int] = {}
        for sequence in self.plan.sequences:
            for what, frames in self.found[sequence.video].noticed.items():
                totals[what] = totals.get(what, 0) + frames
        return dict(sorted(totals.items()))

    def _facts(self, name: str, found: Found) -> VideoFacts:
        problem = self.problems.get(name, "")
        return VideoFacts(found.digest, problem, {} if problem else {"": (found.frames, found.valid)})

    def _read(self, leaf: Leaf, digest: str) -> dict[str, NDArray[Any]]:
        try:
            content, found = read_leaf(leaf, self.config)
        except (InputError, OSError):
            content, found = None, ""
        if content is None or found != digest:
            raise StoreError(f"{leaf.name} was changed while it was imported", next_step="run gaitprep import again")
        return content.arrays

    def _specs(self) -> dict[str, ArraySpec]:
        layout = {spec.name: spec for spec in self.config.arrays()}
        return {
            name: replace(spec, frame_shape=self.usual[name]) for name, spec in layout.items() if name in self.usual
        }

    def _recipe(self) -> dict[str, Any]:
        return {**super()._recipe(), "noticed": self.noticed()}


def _gather(
    specs: Mapping[str, ArraySpec], pieces: Sequence[Piece], read: Callable[[str], dict[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    """The frames of `pieces`, one piece behind the other, by array; `read` gives the sequence of a leaf."""
    total = sum(len(piece) for piece in pieces)
    arrays = {name: np.empty((total, *spec.frame_shape), spec.dtype) for name, spec in specs.items()}
    start = 0
    for piece in pieces:
        frames = read(piece.video)
        for name, array in arrays.items():
            array[start : start + len(piece)] = frames[name][piece.first : piece.last]
        start += len(piece)
    return arrays


def _record(leaf: Leaf) -> VideoRecord:
    subject, condition, view = leaf.labels or ("", "", "")
    return VideoRecord(leaf.name, leaf.folder, "", subject, condition, view, people="one")
