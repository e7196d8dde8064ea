from __future__ import annotations

import numpy as np

from gaitprep.store.cache import ChunkCache
from gaitprep.store.decoded import Whole


def test_the_cache_keeps_to_its_limit_and_forgets_the_oldest() -> None:
    cache = ChunkCache(250)
    for key in "abc":
        cache.put(key, Whole(np.zeros(100, np.uint8)))
        cache.get("a")
    assert [chunk is not None for chunk in cache.get("abc")] == [True, False, True]
    cache.put("huge", Whole(np.zeros(251, np.uint8)))
    assert [chunk is not None for chunk in cache.get(["huge", "a"])] == [False, True]
