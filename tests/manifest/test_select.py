"""Choosing subjects and sequences by names, ranges and wildcards."""

from __future__ import annotations

import pytest

from gaitprep.errors import ManifestError
from gaitprep.evaluate.protocol import Sequences, rounds
from gaitprep.manifest.protocol import Protocol, load_protocol
from gaitprep.manifest.select import Selection, Subjects


@pytest.mark.parametrize(
    ("items", "inside", "outside"),
    [
        (["005"], ["005"], ["5", "0050"]),
        (["001-074"], ["001", "74", "0074"], ["000", "075", "abc"]),
        (["1-9:2"], ["1", "00003", "9"], ["2", "11"]),
        (["train/*"], ["train/00001"], ["test/00001", "train"]),
        (["0-1"], ["0-1", "0", "1"], ["2", "0-2"]),
    ],
)
def test_subjects(items: list[str], inside: list[str], outside: list[str]) -> None:
    chosen = Subjects.of(items)
    assert all(chosen.names(subject) for subject in inside)
    assert not any(chosen.names(subject) for subject in outside)


def test_sequences_are_named_alone_or_by_condition() -> None:
    chosen = Selection.of(["nm-01", "3/cl-01/090", "4/*", "b?-*"])
    assert chosen.names("1", "nm-01", "000")
    assert chosen.names("3", "cl-01", "090")
    assert not chosen.names("3", "cl-01", "000")
    assert not chosen.names("4", "nm-02", "000")
    assert chosen.matches("4", "nm-02", "000")
    assert chosen.matches("1", "bg-01", "000")
    assert not chosen.matches("1", "nm-02", "000")


def test_subjects_in_neither_list_take_no_part() -> None:
    protocol = load_protocol("casia-b").model_copy(update={"train": ["1"], "test": ["3", "1"]})
    split = protocol.split(["1", "2", "3"])
    assert (split.train, split.test) == (["1"], ["3"])


def test_galleries_belong_to_groups() -> None:
    content = {**load_protocol("ccpg").model_dump(), "galleries": {"XX": ["U0_D0"]}}
    with pytest.raises(ValueError, match="galleries of no group of probes: XX"):
        Protocol.model_validate(content)
    with pytest.raises(ManifestError):
        load_protocol("nonesuch")


def test_wildcards_pass_over_what_the_other_side_names() -> None:
    import numpy as np

    names = [("1", "nm-01", "a"), ("1", "nm-02", "a"), ("1", "cl-01", "a"), ("2", "cl-01", "a")]
    labels = Sequences(*(np.array(column) for column in zip(*names, strict=True)))
    everyone = np.arange(4)
    rest = load_protocol("gait3d").model_copy(update={"probes": {"ALL": ["1/cl-01/a"]}})
    found = rounds(labels, everyone, rest)
    assert (found.galleries["ALL"].tolist(), found.probes["ALL"].tolist()) == ([0, 1, 3], [2])
    others = rest.model_copy(update={"gallery": ["nm-01"], "probes": {"NM": ["nm-*"], "CL": ["*cl*"]}})
    found = rounds(labels, everyone, others)
    assert {group: rows.tolist() for group, rows in found.probes.items()} == {"NM": [1], "CL": [2, 3]}
    assert found.gallery.tolist() == [0]
