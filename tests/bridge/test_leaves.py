"""Folders of sequences, and labels as names of folders and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.bridge.leaves import find_leaves, folder_name, label_of, repeated
from gaitprep.errors import SourceError
from gaitprep.manifest.protocol import load_protocol


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_label_is_one_folder_and_comes_back(label: str) -> None:
    name = folder_name(label)
    assert name
    assert "/" not in name
    assert not name.startswith(".")
    assert "~" not in name
    assert label_of(name) == label


def test_labels_are_the_last_three_folders_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "x/10/nm/090/b.pkl", "x/9/nm/090/a.pkl", "x/9/nm/090/B.PKL", "x/9/nm/.hidden/a.pkl", "x/notes.txt")
    found = find_leaves(tmp_path, (".pkl",))
    assert [leaf.labels for leaf in found] == [("9", "nm", "090"), ("10", "nm", "090")]
    assert found[0].files == ("B.PKL", "a.pkl")


def test_repeated_labels_and_escaped_names_are_read_back(tmp_path: Path) -> None:
    view = repeated("090", 2)
    touch(tmp_path, f"{folder_name('street/1')}/nm/{view}/a.pkl")
    (leaf,) = find_leaves(tmp_path, (".pkl",))
    assert leaf.labels == ("street/1", "nm", "090")
    assert repeated("090", 1) == "090"


def test_too_few_folders_give_no_labels_unless_a_pattern_does(tmp_path: Path) -> None:
    touch(tmp_path, "001-nm-01-090/a.png", "001/nm-01/090/a.png")
    assert [leaf.labels for leaf in find_leaves(tmp_path, (".png",))] == [None, ("001", "nm-01", "090")]
    both = find_leaves(tmp_path, (".png",), load_protocol("casia-b"))
    assert [leaf.labels for leaf in both] == [("001", "nm-01", "090")] * 2


def test_a_link_that_leads_back_has_an_end(tmp_path: Path) -> None:
    touch(tmp_path, "001/nm-01/090/a.png")
    (tmp_path / "001/nm-01/loop").symlink_to(tmp_path / "001")
    (tmp_path / "002").symlink_to(tmp_path / "001")
    assert [leaf.name for leaf in find_leaves(tmp_path, (".png",))] == ["001/nm-01/090", "002/nm-01/090"]


def test_an_empty_or_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no \.pkl file below"):
        find_leaves(tmp_path, (".pkl",))
    with pytest.raises(SourceError, match="there is no folder"):
        find_leaves(tmp_path / "absent", (".pkl",))
