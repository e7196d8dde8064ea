from __future__ import annotations

import subprocess
import sys

import pytest

from gaitprep.train.heap import freed_memory_kept

# In a process of its own: in one with a past, a block may fall into a gap whose pages were returned earlier.
PAGE_FAULTS = """
import resource, torch
from gaitprep.train.heap import freed_memory_kept

def page_faults(mebibytes):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(mebibytes * 2**20, dtype=torch.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with freed_memory_kept():
    page_faults(96)
    print(page_faults(64))
page_faults(96)
print(page_faults(64))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux")
def test_memory_is_used_again_inside_and_returned_behind() -> None:
    done = subprocess.run([sys.executable, "-c", PAGE_FAULTS], capture_output=True, text=True, check=True)
    inside, behind = map(int, done.stdout.split())
    assert inside < 100 < behind


def test_what_is_raised_inside_comes_out() -> None:
    with pytest.raises(KeyError), freed_memory_kept():
        raise KeyError("inside")
