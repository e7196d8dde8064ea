import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.video.frame import Clock


@given(st.lists(st.none() | st.floats(-1e6, 1e6) | st.just(math.nan), max_size=50), st.floats(-10, 10))
def test_times_always_increase(times: list[float | None], start: float) -> None:
    clock = Clock(start, 25.0)
    given_times = [clock.tick(time) for time in times]
    assert all(a < b for a, b in itertools.pairwise(given_times))
    assert all(map(math.isfinite, given_times))


def test_good_times_pass_unchanged_and_gaps_are_filled_with_a_period() -> None:
    clock = Clock(0.5, 10.0)
    times = [None, 0.7, 0.7, None, 2.0]
    assert [clock.tick(time) for time in times] == pytest.approx([0.5, 0.7, 0.8, 0.9, 2.0])
    assert clock.last == 2.0
