"""Partition files and the rules they become."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaitprep.bridge.partition import default_protocol, idle, partition_json, read_partition, with_partition
from gaitprep.errors import ManifestError
from gaitprep.manifest.protocol import load_protocol


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "no TRAIN_SET and no TEST_SET"),
        ('{"TRAIN_SET": ["1"]}', "no TEST_SET"),
        ('{"TRAIN_SET": "1", "TEST_SET": []}', "TRAIN_SET of .* is no list"),
        ('{"TRAIN_SET": ["1"], "TEST_SET": ["2", "1"]}', "lets 1 both train and be tested"),
        ("{", "not JSON"),
    ],
)
def test_bad_partitions_are_explained(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(ManifestError, match=message):
        read_partition(path)
    with pytest.raises(ManifestError, match="cannot be read"):
        read_partition(tmp_path / "absent.json")


def test_rules_by_default() -> None:
    known = default_protocol("x", [("1", "nm-01", "000"), ("1", "bg-02", "090")])
    assert known.probes == load_protocol("casia-b").probes
    assert known.exclude_identical_view
    plain = default_protocol("x", [("1", name, "000") for name in ("walk10", "walk2", "walk3")])
    assert (plain.gallery, plain.probes) == (["walk2"], {"ALL": ["walk3", "walk10"]})
    assert not plain.exclude_identical_view
    assert default_protocol("x", [("1", "only", "0")]).probes == {"ALL": ["only"]}


def test_listed_probes_are_found_and_the_rest_is_the_gallery() -> None:
    labels = [("0003", "camid0_videoid2", "seq0"), ("0003", "camid9_videoid2", "seq1")]
    lists = {"TRAIN_SET": ["0001"], "TEST_SET": ["0003"], "PROBE_SET": ["0003-camid0_videoid2-seq0"]}
    protocol = with_partition(load_protocol("gait3d"), lists, labels)
    assert protocol.probes == {"ALL": ["0003/camid0_videoid2/seq0"]}
    with pytest.raises(ManifestError, match="none of the 1 sequences of PROBE_SET is here"):
        with_partition(load_protocol("gait3d"), {**lists, "PROBE_SET": ["x"]}, labels)


def test_listed_probes_come_back_out() -> None:
    labels = [("0001", "cam0_video1", "seq0"), ("0003", "cam0_video2", "seq0"), ("0003", "cam9_video2", "seq1")]
    lists = {"TRAIN_SET": ["0001"], "TEST_SET": ["0003"], "PROBE_SET": ["0003-cam0_video2-seq0"]}
    assert json.loads(partition_json(with_partition(load_protocol("gait3d"), lists, labels), labels)) == lists
    plain = {key: lists[key] for key in ("TRAIN_SET", "TEST_SET")}
    assert json.loads(partition_json(with_partition(load_protocol("casia-b"), plain, labels), labels)) == plain


def test_what_takes_no_part_is_named() -> None:
    labels = [("1", "nm-01", "0"), ("2", "nm-01", "0"), ("2", "xx-01", "0"), ("3", "yy-01", "0")]
    lists = {"TRAIN_SET": ["1"], "TEST_SET": ["2", "9"]}
    assert idle(with_partition(load_protocol("casia-b"), lists, labels), labels) == [
        "subjects that neither train nor are tested: 3",
        "conditions that are neither enrolled nor sought: xx-01",
        "listed subjects that are not here: 9",
    ]
    assert idle(load_protocol("ttg-200"), [("1", "1", "1"), ("121", "2", "1")]) == []
