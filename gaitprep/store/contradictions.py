"""Whether the table, the metadata and the inventory of a store agree."""

from __future__ import annotations

from gaitprep.errors import StoreError
from gaitprep.store.inventory import Inventory, Problem
from gaitprep.store.layout import array_spec
from gaitprep.store.place import Place
from gaitprep.store.root import RootDocument
from gaitprep.store.schema import REQUIRED, SEQUENCES
from gaitprep.store.table import SequenceTable, read_table


def contradictions(place: Place, document: RootDocument, inventory: Inventory) -> list[Problem]:
    """What whole objects say against each other."""
    try:
        table = read_table(place.read)
    except (ValueError, KeyError, OSError) as error:
        return [Problem(SEQUENCES, "content", f"cannot be read: {error}")]
    problems = []
    problems += [
        Problem(name, "missing", "is in every store, but not even listed")
        for name in REQUIRED
        if name not in inventory.arrays
    ]
    shard_frames = set()
    for name in inventory.arrays:
        try:
            spec = array_spec(place.read, place.name, name, document.frames)
        except StoreError as error:
            problems.append(Problem(name, "content", error.fact))
            continue
        shard_frames.add(spec.shard_frames)
        shards = -(-document.frames // spec.shard_frames)
        problems += [
            Problem(spec.key(shard), "missing", "is not even listed")
            for shard in range(shards)
            if spec.key(shard) not in inventory
        ]
    if len(table) != document.sequences or not _tiles(table, document.frames, max(shard_frames, default=1)):
        problems.append(Problem(SEQUENCES, "content", "do not tile the frame axis"))
    return problems


def _tiles(table: SequenceTable, frames: int, shard_frames: int) -> bool:
    """Whether each sequence begins where the one before ends, or at the next shard when it was appended."""
    end = 0
    for start, length in zip(table.start.tolist(), table.length.tolist(), strict=True):
        if length < 1 or start not in (end, -(-end // shard_frames) * shard_frames):
            return False
        end = start + length
    return end == frames
