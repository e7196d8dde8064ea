from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitprep.errors import TrainingError
from gaitprep.train.sampler import ClipSampler, ImageSampler
from gaitprep.train.sequences import TrainingSequences


def make_sequences(generator: np.random.Generator, subjects: int, most: int, longest: int) -> TrainingSequences:
    labels = np.repeat(np.arange(subjects), generator.integers(1, most + 1, subjects))
    frames = []
    for _ in labels:
        length = int(generator.integers(1, longest + 1))
        usable = np.flatnonzero(generator.random(length) < 0.8)
        frames.append(usable if len(usable) else np.array([length - 1]))
    return TrainingSequences(
        [f"{number:03d}" for number in range(subjects)], np.arange(len(labels)) * 3, labels, frames
    )


@st.composite
def samplers(draw: st.DrawFn, ordered: bool) -> tuple[TrainingSequences, ClipSampler, dict[str, int]]:
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sequences = make_sequences(generator, draw(st.integers(2, 9)), 5, 40)
    subjects = draw(st.integers(2, len(sequences.subjects)))
    per_subject = draw(st.integers(1, max(1, len(sequences.rows) // subjects)))
    sizes = {"subjects": subjects, "per_subject": per_subject, "frames": draw(st.integers(1, 30))}
    skip = draw(st.integers(0, 10))
    return sequences, ClipSampler(sequences, **sizes, skip=skip, ordered=ordered, seed=7), {**sizes, "skip": skip}


@settings(max_examples=60, deadline=None)
@given(samplers(ordered=True), st.integers(0, 10_000))
def test_a_batch_is_p_distinct_subjects_with_k_sequences_each(
    made: tuple[TrainingSequences, ClipSampler, dict[str, int]], step: int
) -> None:
    sequences, sampler, sizes = made
    draws = sampler.draw(step)
    groups = np.array([sequences.labels[d.sequence] for d in draws]).reshape(sizes["subjects"], sizes["per_subject"])
    assert (groups == groups[:, :1]).all()
    assert len(set(groups[:, 0])) == sizes["subjects"]
    for group, row in zip(groups, np.array([d.sequence for d in draws]).reshape(groups.shape), strict=True):
        own = int((sequences.labels == group[0]).sum())
        if own >= sizes["per_subject"]:
            assert len(set(row)) == sizes["per_subject"]


@settings(max_examples=60, deadline=None)
@given(samplers(ordered=True), st.integers(0, 10_000))
def test_ordered_clips_are_sorted_frames_of_one_window(
    made: tuple[TrainingSequences, ClipSampler, dict[str, int]], step: int
) -> None:
    sequences, sampler, sizes = made
    window = sizes["frames"] + sizes["skip"]
    for drawn in sampler.draw(step):
        usable = sequences.frames[drawn.sequence]
        assert len(drawn.frames) == sizes["frames"]
        assert np.isin(drawn.frames, usable).all()
        positions = np.searchsorted(usable, drawn.frames)
        if len(usable) >= window:
            assert (np.diff(positions) > 0).all()
            assert positions[-1] - positions[0] < window
        else:
            # A repeated sequence runs forward and starts over.
            steps = np.diff(positions) % len(usable)
            assert steps.sum() < window


@settings(max_examples=40, deadline=None)
@given(samplers(ordered=False), st.integers(0, 10_000))
def test_unordered_clips_repeat_frames_only_where_there_are_too_few(
    made: tuple[TrainingSequences, ClipSampler, dict[str, int]], step: int
) -> None:
    sequences, sampler, sizes = made
    for drawn in sampler.draw(step):
        usable = sequences.frames[drawn.sequence]
        assert np.isin(drawn.frames, usable).all()
        if len(usable) >= sizes["frames"]:
            assert len(set(drawn.frames)) == sizes["frames"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(0, 1000))
def test_images_are_usable_frames_and_distinct_where_possible(seed: int, images: int, step: int) -> None:
    sequences = make_sequences(np.random.default_rng(seed), 4, 3, 12)
    draws = ImageSampler(sequences, images=images, seed=seed).draw(step)
    pairs = [(d.sequence, int(frame)) for d in draws for frame in d.frames]
    assert len(pairs) == images
    assert all(frame in sequences.frames[index] for index, frame in pairs)
    if sequences.lengths.sum() >= images:
        assert len(set(pairs)) == images


def test_every_frame_of_a_long_sequence_can_be_drawn() -> None:
    sequences = TrainingSequences(["a", "b"], np.arange(2), np.arange(2), [np.arange(20), np.arange(20)])
    sampler = ClipSampler(sequences, subjects=2, per_subject=1, frames=5, skip=2)
    seen = {int(frame) for step in range(60) for drawn in sampler.draw(step) for frame in drawn.frames}
    assert seen == set(range(20))


@pytest.mark.parametrize("skip", [0, 3])
def test_subjects_sequences_and_places_are_equally_likely(skip: int) -> None:
    labels = np.repeat(np.arange(5), 4)
    sequences = TrainingSequences(list("abcde"), np.arange(20), labels, [range(12)] * 20)
    sampler = ClipSampler(sequences, subjects=3, per_subject=2, frames=5, skip=skip)
    steps = 3000
    draws = [drawn for step in range(steps) for drawn in sampler.draw(step)]
    rows = np.bincount([drawn.sequence for drawn in draws], minlength=20)
    chance = 3 * 2 / 20
    assert np.abs(rows - steps * chance).max() < 5 * np.sqrt(steps * chance * (1 - chance))
    # The first clip of a batch is drawn from all subjects: their order is drawn as well.
    firsts = np.bincount(labels[[drawn.sequence for drawn in draws[::6]]], minlength=5)
    assert np.abs(firsts - steps / 5).max() < 5 * np.sqrt(steps * 0.2 * 0.8)
    if not skip:
        starts = np.bincount([drawn.frames[0] for drawn in draws], minlength=8)
        assert len(starts) == 8
        assert np.abs(starts - len(draws) / 8).max() < 5 * np.sqrt(len(draws) / 8 * 7 / 8)


def test_a_clip_without_a_gap_is_a_range() -> None:
    sequences = TrainingSequences(["a", "b"], np.arange(2), np.arange(2), [range(9), range(9)])
    whole, some = (ClipSampler(sequences, subjects=2, per_subject=1, frames=4, skip=skip) for skip in (0, 2))
    assert all(isinstance(drawn.frames, range) and len(drawn.frames) == 4 for drawn in whole.draw(1))
    assert all(isinstance(drawn.frames, np.ndarray) for drawn in some.draw(1))


def test_ranges_and_lists_of_the_same_frames_give_the_same_clips() -> None:
    ranges = TrainingSequences(["a", "b"], np.arange(2), np.arange(2), [range(9), range(3)])
    lists = TrainingSequences(["a", "b"], np.arange(2), np.arange(2), [np.arange(9), np.arange(3)])
    for sizes in ({"skip": 0}, {"skip": 2}, {"ordered": False}):
        one, other = (
            ClipSampler(these, subjects=2, per_subject=1, frames=4, **sizes)  # type: ignore[arg-type]
            for these in (ranges, lists)
        )
        for step in range(20):
            drawn = [[(d.sequence, list(d.frames)) for d in sampler.draw(step)] for sampler in (one, other)]
            assert drawn[0] == drawn[1]


def test_the_state_goes_through_json_and_gives_the_same_draws() -> None:
    sequences = make_sequences(np.random.default_rng(3), 6, 4, 30)
    first = ClipSampler(sequences, subjects=3, per_subject=2, frames=8, seed=11)
    state = json.loads(json.dumps(first.state(5)))
    second = ClipSampler(sequences, subjects=3, per_subject=2, frames=8, seed=99)
    assert second.resume(state) == 5
    for step in (5, 6):
        for one, other in zip(first.draw(step), second.draw(step), strict=True):
            assert one.sequence == other.sequence
            assert list(one.frames) == list(other.frames)


def test_steps_and_seeds_differ() -> None:
    sequences = make_sequences(np.random.default_rng(3), 6, 4, 30)

    def drawn(seed: int, step: int) -> list[list[int]]:
        sampler = ClipSampler(sequences, subjects=3, per_subject=2, frames=8, seed=seed)
        return [list(d.frames) for d in sampler.draw(step)]

    assert drawn(0, 0) != drawn(0, 1)
    assert drawn(0, 0) != drawn(1, 0)


@pytest.mark.parametrize(
    ("labels", "subjects", "per_subject", "words"),
    [
        ([0, 0, 0], 2, 1, "1 training subject"),
        ([0, 1, 2], 4, 1, "takes 4 subjects, the store has 3"),
        ([0, 0, 1, 1], 2, 3, "2 × 3 sequences, the store has 4"),
    ],
)
def test_too_small_a_store_is_refused(labels: list[int], subjects: int, per_subject: int, words: str) -> None:
    names = [str(label) for label in sorted(set(labels))]
    frames = [np.arange(5) for _ in labels]
    sequences = TrainingSequences(names, np.arange(len(labels)), np.array(labels), frames)
    with pytest.raises(TrainingError, match=words):
        ClipSampler(sequences, subjects=subjects, per_subject=per_subject, frames=3)
