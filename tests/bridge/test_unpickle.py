"""Arrays out of pickles of every kind; everything else is refused by name and nothing is executed."""

from __future__ import annotations

import collections
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitprep.bridge.unpickle import load_array
from gaitprep.errors import PickleError

ARRAYS = [
    np.arange(60, dtype=np.uint8).reshape(3, 4, 5),
    np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    np.arange(6, dtype=">f4"),
    np.arange(20, dtype=np.int64)[::2],
    np.array([True, False]),
    np.zeros((0, 3)),
]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("number", range(len(ARRAYS)))
def test_every_protocol_gives_the_array_back(protocol: int, number: int) -> None:
    array = ARRAYS[number]
    found = load_array(pickle.dumps(array, protocol=protocol), "a.pkl")
    assert found.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("protocol", [0, 2, 3])
def test_modules_of_numpy_1_are_known(protocol: int) -> None:
    data = pickle.dumps(ARRAYS[0], protocol=protocol).replace(b"numpy._core.", b"numpy.core.")
    assert b"numpy.core." in data
    np.testing.assert_array_equal(load_array(data, "a.pkl"), ARRAYS[0])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 2.5, 3], [1, 2.5, 3]),
        ((np.float64(0.5), np.float32(0.25)), [0.5, 0.25]),
        ([np.ones((2, 2)), np.zeros((2, 2))], [[[1, 1], [1, 1]], [[0, 0], [0, 0]]]),
    ],
)
def test_lists_of_numbers_and_arrays_are_stacked(value: Any, expected: Any) -> None:
    np.testing.assert_array_equal(load_array(pickle.dumps(value), "a.pkl"), expected)


class Call:
    """Asks the unpickler to call something."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(
    "wrap", [lambda x: x, lambda x: {"rgb": x}, lambda x: [np.ones(3), x], lambda x: np.array([x])]
)
def test_nothing_is_executed(tmp_path: Path, protocol: int, wrap: Any) -> None:
    trace = tmp_path / "executed"
    for evil, name in (
        (Call(os.system, f"touch {trace}"), "posix.system"),
        (Call(eval, f"open({str(trace)!r}, 'w')"), "eval"),
        (Call(exec, f"open({str(trace)!r}, 'w')"), "exec"),
        (Call(os.mkdir, str(trace)), "posix.mkdir"),
        (Call(getattr, "text", "upper"), "getattr"),
    ):
        with pytest.raises(PickleError, match=rf"bad\.pkl asks for .*{name}.* nothing is executed"):
            load_array(pickle.dumps(wrap(evil), protocol=protocol), "bad.pkl")
    assert not trace.exists()


def test_an_array_subclass_or_changed_function_is_no_way_in() -> None:
    # BUILD with a dictionary would set attributes on whatever lies on the stack.
    changed = b"\x80\x02cnumpy\ndtype\n}X\x01\x00\x00\x00aK\x01sb."
    with pytest.raises(PickleError):
        load_array(changed, "a.pkl")
    with pytest.raises(PickleError, match="numpy.matrix"):
        load_array(b"\x80\x02cnumpy\nmatrix\n.", "a.pkl")
    with pytest.raises(PickleError, match="ndarray"):
        load_array(b"\x80\x02cnumpy\nndarray\nK\x05\x85R.", "a.pkl")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": np.ones(2)}, "holds a value of type dict"),
        (None, "holds nothing"),
        ([], "holds nothing"),
        ("text", "holds a value of type str"),
        (collections.OrderedDict(a=1), "asks for collections.OrderedDict"),
        (np.array([None, 1]), "asks for an array of objects"),
        (np.zeros(2, [("a", "i4")]), "asks for an array of records"),
        (np.array(["a"]), "type U1"),
        ([[1, 2], [3]], "a list of other things"),
        (
            [np.ones((4, 4)), np.ones((4, 4)), np.ones((4, 5))],
            r"frames of different sizes: \(4, 4\) at first, \(4, 5\) at frame 2",
        ),
    ],
)
def test_other_values_are_named(value: Any, message: str) -> None:
    with pytest.raises(PickleError, match=message):
        load_array(pickle.dumps(value), "a.pkl")


def test_a_pickle_cut_anywhere_is_an_error_that_names_it() -> None:
    for protocol in (0, 2, 4):
        data = pickle.dumps(ARRAYS[0], protocol=protocol)
        for end in range(len(data)):
            with pytest.raises(PickleError, match=r"cut\.pkl"):
                load_array(data[:end], "cut.pkl")


@pytest.mark.parametrize("put", [b"r\xff\xff\xff\x7f", b"p4000000000\n"])
def test_a_pickle_that_asks_for_a_huge_table_is_refused_before_it_is_read(put: bytes) -> None:
    with pytest.raises(PickleError, match="wants a table of"):
        load_array(b"\x80\x02K\x01" + put + b".", "bomb.pkl")


def test_a_pickle_that_repeats_one_frame_does_not_fill_the_memory() -> None:
    frame = np.zeros((64, 64), np.uint8)
    with pytest.raises(PickleError, match="repeats itself"):
        load_array(pickle.dumps([frame] * 100_000), "bomb.pkl")
