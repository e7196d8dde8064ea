"""Random streams by name: each thing draws from its own, so that adding one never changes another."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A random generator that depends on `seed` and on `names`, and on nothing else.

    `stream(7, "gait", "indoor", "003")` is the same on every machine and in every process, whatever was drawn before.
    """
    digest = hashlib.sha256("\x1f".join(str(part) for part in (seed, *names)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def choose(random: np.random.Generator, count: int, weights: tuple[float, ...] | None = None) -> int:
    """An index below `count`, by weight where given."""
    if weights is None:
        return int(random.integers(count))
    edges = np.cumsum(weights)
    return int(np.searchsorted(edges, random.random() * edges[-1], side="right"))
