"""Bytes do not depend on the threads of numpy's sums."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from gaitprep.synth.crops.crop import render
from gaitprep.synth.repeatable import repeatable


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_sums_have_one_thread_while_the_function_runs() -> None:
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        assert repeatable(blas_threads)() == {1}
        assert blas_threads() == before

        @repeatable
        def fails() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fails()
        assert blas_threads() == before


@pytest.mark.parametrize("number", [28, 35])  # they differed when two threads shared the sums
def test_crops_are_the_same_with_any_number_of_threads(number: int) -> None:
    crops = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            crops.append(render(0, number))
    assert np.array_equal(crops[0].rgb, crops[1].rgb)
    assert np.array_equal(crops[0].mask, crops[1].mask)
