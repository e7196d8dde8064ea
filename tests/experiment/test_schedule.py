from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gaitprep.experiment.schedule import Execution, carry_out
from gaitprep.experiment.unit import Unit, in_order
from gaitprep.run.events import Events
from tests.experiment.fakes import fake, order


class Talk(Events):
    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def do(units: list[Unit], workers: int = 1, after: Any = None) -> tuple[dict[str, str], list[str]]:
    talk = Talk()
    failed = carry_out(in_order(units), Execution(workers, "cpu", 1), talk, after or (lambda failed: None))
    return {unit.name: failed[unit.key] for unit in in_order(units) if unit.key in failed}, talk.lines


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_costs_those_that_need_it_and_nobody_else(tmp_path: Path, workers: int) -> None:
    good, bad = fake(tmp_path, "good"), fake(tmp_path, "bad", fault="foreseen")
    units: list[Unit] = [bad, fake(tmp_path, "b", bad, good), good, fake(tmp_path, "d", good)]
    failed, said = do(units, workers)
    assert failed == {"bad": "the loss is not finite; pray", "b": "it needs bad, which failed"}
    assert order(tmp_path) == ["good", "d"]
    assert any("bad: FAILED: the loss" in line for line in said)
    # Failed ones are tried again, finished ones are not.
    assert do([fake(tmp_path, "bad"), good], workers)[0] == {}
    assert order(tmp_path) == ["good", "d", "bad"]


def test_a_dead_process_and_a_bug_cost_their_own_unit(tmp_path: Path) -> None:
    units: list[Unit] = [fake(tmp_path, "dies", fault="death"), fake(tmp_path, "bug", fault="bug"), fake(tmp_path, "c")]
    failed, _ = do(units, workers=2)
    assert set(failed) == {"dies", "bug"}
    assert "process died" in failed["dies"]
    assert failed["bug"].startswith("KeyError: 'thing' [fakes.py:")
    assert order(tmp_path) == ["c"]


def test_units_keep_to_their_threads_in_every_process(tmp_path: Path) -> None:
    unit = fake(tmp_path, "a")
    do([unit, fake(tmp_path, "b")], workers=2)
    done = unit.done()
    assert done is not None
    assert done.found["threads"] == "1"


def test_a_kill_between_units_loses_nothing(tmp_path: Path) -> None:
    units: list[Unit] = [fake(tmp_path, name) for name in "abc"]

    def kill(failed: dict[str, str]) -> None:
        if len(order(tmp_path)) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(units, after=kill)
    failed, said = do(units)
    assert failed == {}
    assert order(tmp_path) == ["a", "b", "c"]
    assert said[0].startswith("unit 3/3: c")
    assert "about 0 s left" in said[1]
