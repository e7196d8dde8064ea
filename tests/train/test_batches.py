from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import TrainingError
from gaitprep.manifest.protocol import Protocol
from gaitprep.store.reader import open_store
from gaitprep.train.batches import Batches
from gaitprep.train.sampler import ClipSampler, ImageSampler
from gaitprep.train.sequences import training_sequences
from tests.builders import build_store, protocol, walks


def clip_batches(store: Path, ahead: int = 2) -> Batches:
    reader = open_store(store)
    sequences = training_sequences(reader)
    sampler = ClipSampler(sequences, subjects=3, per_subject=2, frames=4, seed=1)
    return Batches(reader, sequences, sampler, ("silhouette", "rgb", "ratio"), clips=True, ahead=ahead)


def test_only_training_subjects_and_valid_frames_are_used(store: Path) -> None:
    reader = open_store(store)
    sequences = training_sequences(reader)
    assert sequences.subjects == ["001", "002", "003", "004"]
    assert set(reader.sequences.subject[sequences.rows]) == set(sequences.subjects)
    assert [sequences.subjects[label] for label in sequences.labels] == list(reader.sequences.subject[sequences.rows])
    partly = next(
        number
        for number, row in enumerate(sequences.rows)
        if (reader.sequences.subject[row], reader.sequences.condition[row], reader.sequences.view[row])
        == ("001", "nm-01", "090")
    )
    assert sequences.frames[partly].tolist() == [4, 5, 6, 7, 8, 9]
    assert all(len(frames) == 10 for number, frames in enumerate(sequences.frames) if number != partly)


def test_a_batch_holds_what_the_sampler_drew(store: Path) -> None:
    reader = open_store(store)
    batches = clip_batches(store)
    batch = batches.read(3)
    assert {name: (array.shape, array.dtype.str) for name, array in batch.arrays.items()} == {
        "silhouette": ((6, 4, 64, 44), "|u1"),
        "rgb": ((6, 4, 128, 128, 3), "|u1"),
        "ratio": ((6, 4), "<f4"),
    }
    sequences = training_sequences(reader)
    for number, draw in enumerate(batches.sampler.draw(3)):
        row = int(sequences.rows[draw.sequence])
        whole = reader.sequence("silhouette", row)
        np.testing.assert_array_equal(batch.arrays["silhouette"][number], whole[draw.frames])
        assert sequences.subjects[batch.labels[number]] == reader.sequences.subject[row]


def test_images_are_strung_together_with_their_labels(store: Path) -> None:
    reader = open_store(store)
    sequences = training_sequences(reader)
    batches = Batches(reader, sequences, ImageSampler(sequences, images=9), ("rgb", "mask"), clips=False)
    batch = batches.read(0)
    assert batch.arrays["rgb"].shape == (9, 128, 128, 3)
    assert batch.arrays["mask"].shape == (9, 128, 128)
    assert batch.labels.shape == (9,)
    assert batch.part(slice(6, 20)).arrays["mask"].shape == (3, 128, 128)


@pytest.mark.parametrize("ahead", [0, 3])
def test_reading_ahead_changes_nothing(store: Path, ahead: int) -> None:
    one_by_one = [clip_batches(store).read(step) for step in range(2, 7)]
    streamed = [batch for batch, _ in clip_batches(store, ahead).stream(2, 7)]
    assert [batch.step for batch in streamed] == [2, 3, 4, 5, 6]
    for first, second in zip(one_by_one, streamed, strict=True):
        assert first.labels.tolist() == second.labels.tolist()
        for name, array in first.arrays.items():
            np.testing.assert_array_equal(array, second.arrays[name])


def test_leaving_early_leaves_no_thread_behind(store: Path) -> None:
    stream = clip_batches(store).stream(0, 1000)
    next(stream)
    stream.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("read-ahead")]


def test_without_a_protocol_everyone_trains(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = open_store(store)
    monkeypatch.setattr(type(reader), "protocol", property(lambda self: None))
    assert len(training_sequences(reader).subjects) == 6


def test_a_store_without_training_subjects_is_refused(tmp_path: Path) -> None:
    rules: Protocol = protocol(["901-999"])
    reader = open_store(build_store(tmp_path, walks(2, frames=3), name="strangers", rules=rules))
    with pytest.raises(TrainingError, match="strangers has no training subject") as raised:
        training_sequences(reader)
    assert "walks" in raised.value.cause
