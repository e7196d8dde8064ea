"""Compares stored objects with their listed digests, while something else goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from gaitprep.store.inventory import Inventory, Problem
from gaitprep.store.place import Place

Found = Callable[[], list[Problem]]
"""Waits for a comparison and gives the objects whose content is not what is listed."""


@contextmanager
def comparison(place: Place, inventory: Inventory) -> Iterator[Callable[[Iterable[str]], Found]]:
    """Gives a function that begins to compare the objects of these names, and returns what waits for the outcome.

    Reading and hashing let go of the interpreter lock: threads share the work, and the caller is not held up by them.
    Objects whose turn has not come when the block ends are left alone.
    """

    def compare(key: str) -> Problem | None:
        try:
            return inventory.judge(key, inventory[key].size, place.digest(key))
        except OSError as error:
            return Problem(key, "content", f"cannot be read: {error}")

    pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="compare")

    def begin(keys: Iterable[str]) -> Found:
        futures = [pool.submit(compare, key) for key in keys]
        return lambda: [problem for future in futures if (problem := future.result())]

    try:
        yield begin
    finally:
        pool.shutdown(cancel_futures=True)
