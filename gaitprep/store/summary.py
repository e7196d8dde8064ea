"""What is in a store, in figures."""

from __future__ import annotations

from typing import Any

from gaitprep.manifest.protocol import natural
from gaitprep.store.reader import StoreReader
from gaitprep.store.schema import SCHEMA_VERSION


def summarise(store: StoreReader) -> dict[str, Any]:
    """Figures of an open store as plain values: labels, frames, bytes of each array, protocol and split."""
    table, protocol = store.sequences, store.protocol
    subjects = _names(table.subject)
    split = protocol.split(subjects) if protocol else None
    return {
        "name": store.name,
        "schema_version": SCHEMA_VERSION,
        "sequences": len(table),
        "frames": int(table.length.sum()),
        "valid_frames": int(store.read("valid", 0, store.frames).sum()),
        "subjects": len(subjects),
        "conditions": _names(table.condition),
        "views": _names(table.view),
        "shortest": int(table.length.min()),
        "longest": int(table.length.max()),
        "protocol": protocol.name if protocol else None,
        "train_subjects": len(split.train) if split else None,
        "test_subjects": len(split.test) if split else None,
        "bytes": {
            name: sum(item.size for key, item in store.inventory.items() if key.startswith(f"{name}/c/"))
            for name in store.arrays
        },
        "excluded": store.excluded,
    }


def _names(column: Any) -> list[str]:
    return sorted(set(column.tolist()), key=natural)
