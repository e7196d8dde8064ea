from __future__ import annotations

import resource
import sys

import pytest
import torch

from gaitprep.train.heap import freed_memory_kept

MEBIBYTE = 2**20


def page_faults(size: int) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(size, dtype=torch.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux")
def test_memory_is_used_again_inside_and_returned_behind() -> None:
    with freed_memory_kept():
        page_faults(96 * MEBIBYTE)
        assert page_faults(64 * MEBIBYTE) < 100
    page_faults(96 * MEBIBYTE)
    assert page_faults(64 * MEBIBYTE) > 100


def test_what_is_raised_inside_comes_out() -> None:
    with pytest.raises(KeyError), freed_memory_kept():
        raise KeyError("inside")
