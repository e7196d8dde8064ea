from __future__ import annotations

import threading
import time
import weakref

import pytest

from gaitprep.store.ahead import read_ahead


@pytest.mark.parametrize("threads", [1, 4])
def test_results_come_in_order_whoever_is_done_first(threads: int) -> None:
    def read(key: int) -> int:
        time.sleep(0.002 * (key % 3))
        return key * key

    assert [result for result, _ in read_ahead(read, range(12), threads=threads)] == [key * key for key in range(12)]


def test_no_more_is_read_than_may_wait() -> None:
    begun: list[int] = []
    stream = read_ahead(lambda key: begun.append(key), iter(range(100)), threads=2, most=3)
    next(stream)
    time.sleep(0.05)
    assert len(begun) <= 1 + 3 + 1
    stream.close()
    after = len(begun)
    time.sleep(0.02)
    assert len(begun) == after


def test_an_error_comes_when_its_turn_does() -> None:
    def read(key: int) -> int:
        if key == 2:
            raise ValueError("two")
        return key

    stream = read_ahead(read, range(4))
    assert [next(stream)[0], next(stream)[0]] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(stream)


def test_threads_end_with_the_stream() -> None:
    before = threading.active_count()
    stream = read_ahead(lambda key: key, range(9), threads=3)
    next(stream)
    stream.close()
    assert threading.active_count() == before


def test_waiting_is_told() -> None:
    waits = [waited for _, waited in read_ahead(lambda _: time.sleep(0.02), range(2), most=0)]
    assert all(waited > 0.01 for waited in waits)


def test_a_result_that_its_user_let_go_of_is_gone() -> None:
    class Result:
        """Something large."""

    going_on = threading.Event()

    def read(key: int) -> Result:
        if key:
            going_on.wait(10)
        return Result()

    stream = read_ahead(read, range(2))
    gone = weakref.ref(next(stream)[0])
    end = time.monotonic() + 5
    while gone() is not None and time.monotonic() < end:  # the thread may still be leaving the call
        time.sleep(0.005)
    assert gone() is None
    going_on.set()
    assert len(list(stream)) == 1
