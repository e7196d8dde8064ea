"""Puts altered objects of a store out of the way, so that the stage that made them makes them again."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gaitprep.run.atomic import remove
from gaitprep.run.digest import digest_file
from gaitprep.run.ledger import Ledger
from gaitprep.store.schema import ROOT


def clear_altered(ledger: Ledger, out: Path) -> list[str]:
    """Removes objects of the store `out` whose content is not what the ledger of its stage recorded.

    The stage itself goes by presence and size, which says nothing of flipped bits. The root document goes first, as
    with any change; the next run writes the missing shards, byte by byte as they were, and the root.

    Returns:
        Names of the removed objects.
    """
    listed = {
        key: digest
        for record in ledger.latest().values()
        for key, (_, digest) in record.details.get("objects", {}).items()
    }

    def is_altered(key: str) -> bool:
        try:
            return bool(digest_file(out / key) != listed[key])
        except FileNotFoundError:
            return False  # the stage notices by itself

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        keys = list(listed)
        altered = [key for key, bad in zip(keys, pool.map(is_altered, keys), strict=True) if bad]
    if altered:
        remove(out / ROOT)
    for key in altered:
        remove(out / key)
    return altered
