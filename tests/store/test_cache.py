from __future__ import annotations

import numpy as np

from gaitprep.store.cache import ChunkCache
from gaitprep.store.decoded import Whole


def test_the_cache_keeps_to_its_limit_and_forgets_the_oldest() -> None:
    cache = ChunkCache(250)
    for key in "abc":
        cache.put(key, Whole(np.zeros(100, np.uint8)))
        cache.get("a")
    assert [key for key in "abc" if cache.get(key) is not None] == ["a", "c"]
    cache.put("huge", Whole(np.zeros(251, np.uint8)))
    assert cache.get("huge") is None
    assert cache.get("a") is not None
