from __future__ import annotations

import threading

import numpy as np
import torch

from gaitprep.train.memory import BatchMemory


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_memory_is_given_out_again_when_nobody_holds_it() -> None:
    memory = BatchMemory()
    first = memory.empty((3, 4), "float32")
    first[:] = 7
    there = address(first)
    del first
    assert address(memory.empty((4, 3), "float32")) == there


def test_views_and_tensors_hold_it_too() -> None:
    memory = BatchMemory()
    array = memory.empty((6, 8), "uint8")
    array[:] = 1
    there, view = address(array), array.reshape(2, 3, 8)[1:]
    tensor = torch.from_numpy(array)[2:]
    del array
    assert address(memory.empty((6, 8), "uint8")) != there
    del view
    memory.empty((6, 8), "uint8")[:] = 9
    assert tensor.eq(1).all()
    del tensor
    assert there in {address(kept) for kept in [memory.empty((6, 8), "uint8") for _ in range(3)]}


def test_arrays_are_as_asked_for() -> None:
    memory = BatchMemory()
    for shape, dtype in (((2, 3), "float64"), ((0, 5), "uint8"), ((7,), "bool")):
        array = memory.empty(shape, dtype)
        assert (array.shape, array.dtype, array.flags.writeable) == (shape, np.dtype(dtype), True)


def test_other_devices_get_memory_of_their_own_each_time() -> None:
    memory = BatchMemory("mps")
    first, second = memory.empty((5,), "int64"), memory.empty((5,), "int64")
    assert address(first) != address(second)
    assert first.dtype == np.int64


def test_threads_never_share_a_block() -> None:
    memory, wrong = BatchMemory(), []

    def use(mark: int) -> None:
        for _ in range(300):
            array = memory.empty((64,), "int64")
            array[:] = mark
            if (array != mark).any():
                wrong.append(mark)

    threads = [threading.Thread(target=use, args=(mark,)) for mark in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
