from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.store.reader import StoreReader
from gaitprep.store.table import LABELS, SequenceTable, read_table, table_objects

rows = st.lists(st.tuples(st.integers(1, 500), *(st.text("ab0é/", min_size=1, max_size=4) for _ in LABELS)), min_size=1)


def make(values: list[tuple[int, str, str, str, str, str]]) -> SequenceTable:
    lengths, *labels = zip(*values, strict=True)
    return SequenceTable.of(lengths, dict(zip(LABELS, labels, strict=True)))


@given(rows)
def test_a_table_survives_storage(values: list[tuple[int, str, str, str, str, str]]) -> None:
    table = make(values)
    objects = table_objects(table)
    again = read_table(objects.__getitem__)
    for name in ("start", "length", *LABELS):
        np.testing.assert_array_equal(getattr(again, name), getattr(table, name))


@given(rows)
def test_sequences_lie_one_behind_the_other(values: list[tuple[int, str, str, str, str, str]]) -> None:
    table = make(values)
    assert table.start[0] == 0
    np.testing.assert_array_equal(table.start[1:], (table.start + table.length)[:-1])


def test_zarr_reads_the_columns_and_their_names(store: StoreReader, store_path: Path) -> None:
    group = zarr.open_group(store_path, mode="r")["sequences"]
    subject = group["subject"]
    names = np.array(subject.attrs["names"])
    np.testing.assert_array_equal(names[subject[:]], store.sequences.subject)
    np.testing.assert_array_equal(group["start"][:], store.sequences.start)
    np.testing.assert_array_equal(group["length"][:], store.sequences.length)


def test_a_code_without_a_name_is_an_error() -> None:
    objects = table_objects(make([(3, "a", "b", "c", "d", "e")]))
    objects["sequences/subject/c/0"] = np.array([7], "<i4").tobytes() + b"0000"
    with pytest.raises(ValueError, match="sequences/subject"):
        read_table(objects.__getitem__)
