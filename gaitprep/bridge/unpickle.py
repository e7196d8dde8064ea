"""Reads NumPy arrays out of pickles without executing anything.

A pickle is a program that can call whatever it names. Here every name that an array's pickle needs leads to a small
stand-in of ours, which only gathers type, shape and bytes; every other name is refused before anything is called.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import PickleError

_KINDS = "buif"
_GROWTH = 100
_MODULES = ("numpy.core", "numpy._core")
_NEXT = "get the file again from its source, and open it with no other program"


def load_array(data: bytes, name: str) -> NDArray[Any]:
    """The array that a pickle holds; of a list of equally large arrays or of numbers, the stack.

    Args:
        data: the pickle, of any protocol, written by NumPy 1 or 2.
        name: of the file, for errors.

    Returns:
        Numbers or truth values; memory may be shared with `data` and be read-only.

    Raises:
        PickleError: it is cut off, is no pickle, asks for something to be executed, or holds something else.
    """
    try:
        _check_memo(data, name)
        return _as_array(_Unpickler(io.BytesIO(data)).load(), data, name)
    except _Refused as refusal:
        raise PickleError(
            f"{name} asks for {refusal}, which is no part of an array",
            cause="a pickle can run any program; only arrays of numbers are read, and nothing is executed",
            next_step=_NEXT,
        ) from refusal
    except PickleError:
        raise
    except Exception as error:  # damaged opcodes raise whatever they run into
        raise PickleError(
            f"{name} is no pickle of an array", cause=f"{type(error).__name__}: {error}", next_step="copy it again"
        ) from error


def _check_memo(data: bytes, name: str) -> None:
    """Looks through the opcodes without carrying any out: is the end there, and is the table of objects sane?

    For a number that nothing in the file justifies, the unpickler would lay out gigabytes of empty table.
    """
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name.endswith("PUT") and int(argument or 0) > len(data):
                raise PickleError(f"{name} is no pickle of an array", cause=f"it wants a table of {argument} objects")
    except PickleError:
        raise
    except ValueError as error:
        raise PickleError(f"{name} is cut off or no pickle", cause=str(error), next_step="copy it again") from error


class _Refused(Exception):
    """A name that is no part of an array."""


class _Type:
    """Stands for a dtype: only numbers."""

    __slots__ = ("order", "spec")

    def __init__(self, spec: Any) -> None:
        self.spec, self.order = spec, "="

    def __setstate__(self, state: Any) -> None:
        _version, order, subarray, names, fields, *_rest = state
        if subarray or names or fields:
            raise _Refused("an array of records")
        self.order = order

    def resolve(self) -> np.dtype[Any]:
        if not isinstance(self.spec, str) or len(self.spec) > 4:
            raise _Refused(f"a type {self.spec!r}")
        if self.spec.startswith("O"):
            raise _Refused("an array of objects")
        dtype = np.dtype(self.spec)
        if dtype.kind not in _KINDS:
            raise _Refused(f"an array of type {self.spec}")
        return dtype.newbyteorder(">") if self.order == ">" else dtype


class _Array:
    """Stands for an array that is filled in by `__setstate__`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: NDArray[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        _version, shape, kind, columns_first, content = state
        self.value = _fill(content, kind, shape, "F" if columns_first else "C")


class _Function:
    """Something that a pickle may call: one of the cases below."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *arguments: Any) -> Any:
        match self._name:
            case "dtype":
                return _Type(arguments[0])
            case "_reconstruct":
                return _Array()
            case "_frombuffer":
                content, kind, shape, order, *_rest = arguments
                array = _Array()
                array.value = _fill(content, kind, shape, order)
                return array
            case "scalar":
                kind, content = arguments
                return _fill(content, kind, (), "C")
            case "encode" if len(arguments) == 2 and arguments[1] == "latin1":
                return arguments[0].encode("latin1")
            case "bytes" if not arguments:
                return b""
        raise _Refused(f"{self._name}{arguments!r:.60}")


_KNOWN = {
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("_codecs", "encode"): "encode",  # how protocols 0 to 2 write bytes
    ("__builtin__", "bytes"): "bytes",
    ("builtins", "bytes"): "bytes",
    **{(f"{module}.multiarray", name): name for module in _MODULES for name in ("_reconstruct", "scalar")},
    **{(f"{module}.numeric", "_frombuffer"): "_frombuffer" for module in _MODULES},
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        known = _KNOWN.get((module, name))
        if known is None:
            raise _Refused(f"{module}.{name}")
        return _Function(known)


def _fill(content: Any, kind: Any, shape: Any, order: Any) -> NDArray[Any]:
    if not isinstance(kind, _Type) or not isinstance(content, bytes | bytearray) or order not in ("C", "F"):
        raise _Refused("an array of objects" if isinstance(content, list) else "an array in an unknown form")
    dtype = kind.resolve()
    array = np.frombuffer(content, dtype).reshape(shape, order=order)
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def _as_array(value: Any, data: bytes, name: str) -> NDArray[Any]:
    if isinstance(value, list | tuple) and value:
        return _stack(value, data, name)
    if isinstance(value, _Array):
        value = value.value
    if isinstance(value, np.ndarray):
        return value
    what = "nothing" if value is None or value in ([], ()) else f"a value of type {type(value).__name__}"
    raise PickleError(f"{name} holds {what}, not an array", next_step="see docs/bridge.md for what is read")


def _stack(items: Sequence[Any], data: bytes, name: str) -> NDArray[Any]:
    """One array of a list: its members are arrays of one shape, or numbers."""
    if all(isinstance(item, bool | int | float) for item in items):
        return np.asarray(items)
    frames: list[NDArray[Any]] = []
    for item in items:
        frame = item.value if isinstance(item, _Array) else item
        if not isinstance(frame, np.ndarray):
            raise PickleError(f"{name} holds a list of other things than arrays", next_step="see docs/bridge.md")
        frames.append(frame)
    shapes = {frame.shape: number for number, frame in reversed(list(enumerate(frames)))}
    if len(shapes) > 1:
        (first, _), (other, place) = sorted(shapes.items(), key=lambda pair: pair[1])[:2]
        raise PickleError(f"{name} has frames of different sizes: {first} at first, {other} at frame {place}")
    if frames[0].nbytes * len(frames) > _GROWTH * len(data):
        # A pickle may name one frame a million times.
        raise PickleError(f"{name} would be more than {_GROWTH} times its size in memory", cause="it repeats itself")
    return np.stack(frames)
