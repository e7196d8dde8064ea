"""Reading ahead: what is wanted next is read by threads while the present is worked on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


def read_ahead(
    read: Callable[[Key], Result], keys: Iterable[Key], *, threads: int = 1, most: int = 2
) -> Generator[tuple[Result, float], None, None]:
    """Yields `read(key)` for each key in order, each with the seconds that were waited for it.

    Threads and not processes: readers of a store let go of the interpreter while they read and decode, and what they
    read need not be copied. The results do not depend on the number of threads where `read` depends on its key alone.

    Args:
        read: must be safe to call from several threads.
        keys: what to read; drawn as needed.
        threads: how many read at once.
        most: results that may wait, besides the one that is worked on; bounds the memory.

    Raises:
        Exception: what `read` raised, when its turn comes.
    """
    left = iter(keys)
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="read-ahead") as pool:
        try:
            while True:
                while len(waiting) <= most:
                    try:
                        waiting.append(pool.submit(read, next(left)))
                    except StopIteration:
                        break
                if not waiting:
                    return
                begin = time.perf_counter()
                # In one expression, so that nothing here holds on to a result that its user has let go of.
                yield waiting.popleft().result(), time.perf_counter() - begin
        finally:
            for future in waiting:
                future.cancel()
