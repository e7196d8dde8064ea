"""The sequence of batches is the same, byte by byte, wherever it is stopped and however many threads read it."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.store.reader import open_store
from gaitprep.train.batches import Batch, Batches
from gaitprep.train.ranks import ALONE, Ranks
from gaitprep.train.sampler import ClipSampler, ImageSampler, Sampler
from gaitprep.train.sequences import TrainingSequences, training_sequences

STEPS = 14
SEED = 5

quickly = settings(max_examples=25, deadline=None)


def sampler(kind: str, sequences: TrainingSequences, seed: int) -> Sampler:
    if kind == "images":
        return ImageSampler(sequences, images=9, seed=seed)
    ordered = kind == "ordered clips"
    return ClipSampler(sequences, subjects=3, per_subject=2, frames=4, skip=2 * ordered, ordered=ordered, seed=seed)


KINDS = ("ordered clips", "clips of any frames", "images")


def loader(store: Path, kind: str, *, seed: int = SEED, ahead: int = 2, ranks: Ranks = ALONE) -> Batches:
    """Opened anew, as a process that goes on would."""
    reader = open_store(store)
    sequences = training_sequences(reader)
    drawn = sampler(kind, sequences, seed)
    return Batches(reader, sequences, drawn, ("silhouette", "ratio"), clips=kind != "images", ahead=ahead, ranks=ranks)


def content(batch: Batch) -> tuple[int, str]:
    digest = hashlib.sha256(np.ascontiguousarray(batch.labels).tobytes())
    for name in sorted(batch.arrays):
        digest.update(f"{name}{batch.arrays[name].shape}".encode() + batch.arrays[name].tobytes())
    return batch.step, digest.hexdigest()


@pytest.fixture(scope="module")
def whole(store: Path) -> dict[str, list[tuple[int, str]]]:
    """The batches of an undisturbed run, read one by one."""
    found = {kind: [content(loader(store, kind).read(step)) for step in range(STEPS)] for kind in KINDS}
    assert all(len({digest for _, digest in batches}) == STEPS for batches in found.values())
    return found


@quickly
@given(
    kind=st.sampled_from(KINDS),
    stops=st.lists(st.integers(0, STEPS), max_size=3).map(sorted),
    threads=st.integers(1, 5),
    ahead=st.integers(0, 6),
)
def test_stopped_at_any_batches_it_goes_on_as_if_it_had_not_been(
    store: Path,
    whole: dict[str, list[tuple[int, str]]],
    kind: str,
    stops: list[int],
    threads: int,
    ahead: int,
) -> None:
    state = json.dumps({"seed": SEED, "step": 0})
    seen = []
    for stop in [*stops, STEPS]:
        batches = loader(store, kind, seed=99, ahead=ahead)  # the state, and not the new process, says which seed
        first = batches.sampler.resume(json.loads(state))
        with closing(batches.stream(first, STEPS, threads)) as stream:
            seen += [content(batch) for batch, _ in islice(stream, stop - first)]
        state = json.dumps(batches.sampler.state(stop))
    assert seen == whole[kind]


@quickly
@given(kind=st.sampled_from(KINDS), size=st.integers(2, 6), threads=st.integers(1, 3), first=st.integers(0, STEPS - 1))
def test_the_shares_of_all_processes_are_together_the_batch(
    store: Path, kind: str, size: int, threads: int, first: int
) -> None:
    shares = [
        list(loader(store, kind, ranks=Ranks(rank, size)).stream(first, first + 2, threads)) for rank in range(size)
    ]
    for step, parts in enumerate(zip(*shares, strict=True), first):
        joint = loader(store, kind).read(step)
        assert {batch.step for batch, _ in parts} == {step}
        np.testing.assert_array_equal(np.concatenate([batch.labels for batch, _ in parts]), joint.labels)
        for name, array in joint.arrays.items():
            np.testing.assert_array_equal(np.concatenate([batch.arrays[name] for batch, _ in parts]), array)


def test_batches_that_are_kept_are_not_written_over(store: Path, whole: dict[str, list[tuple[int, str]]]) -> None:
    kept = [batch for batch, _ in loader(store, "images", ahead=4).stream(0, STEPS, 3)]
    assert [content(batch) for batch in kept] == whole["images"]
