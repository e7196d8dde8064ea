"""The stage contract: reuse by key, one bad input costs one input, partitions tile the work."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.errors import UsageError
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.run.ledger import Ledger
from tests.run.toy import ToyConfig, ToyStage


class Bench:
    """A toy stage over a folder of texts."""

    def __init__(self, root: Path, **texts: str) -> None:
        self.root = root
        (root / "in").mkdir()
        for name, text in texts.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.root / "in" / f"{name}.txt").write_text(text)

    def run(self, config: ToyConfig | None = None, workers: int = 1, **how: object) -> Summary:
        partition = str(how.get("partition", "1/1"))
        self.stage = ToyStage(config or ToyConfig(), self.root / "in", self.root / "out")
        execution = Execution(workers=workers, **how)  # type: ignore[arg-type]
        return run_stage(self.stage, Ledger(self.root / "ledger", partition), execution, Events(quiet=True))

    @property
    def calls(self) -> list[str]:
        path = self.root / "calls"
        return sorted(path.read_text().split()) if path.exists() else []


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x", b="yy")
    first = bench.run()
    assert (first.count("ok"), first.reused, first.finished) == (2, 0, True)
    assert (tmp_path / "out" / "b.txt").read_text() == "YY!"
    second = bench.run()
    assert (second.planned, second.reused, second.finished) == ([], 2, True)
    assert bench.calls == ["a", "b"]


def test_only_what_changed_is_redone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x", b="y")
    bench.run()
    bench.write("b", "z")
    bench.write("c", "new")
    assert bench.run().planned == [("b", "input or settings changed"), ("c", "new")]
    assert len(bench.run(ToyConfig(suffix="?")).planned) == 3


def test_going_back_to_an_earlier_setting_does_not_reuse_the_overwritten_output(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x")
    bench.run()
    bench.run(ToyConfig(suffix="?"))
    bench.run()
    assert (tmp_path / "out" / "a.txt").read_text() == "X!"


def test_a_missing_or_cut_output_is_made_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x", b="y")
    bench.run()
    (tmp_path / "out" / "a.txt").unlink()
    (tmp_path / "out" / "b.txt").write_text("")
    assert {why for _, why in bench.run().planned} == {"output missing or damaged"}
    assert (tmp_path / "out" / "b.txt").read_text() == "Y!"


@pytest.mark.parametrize("workers", [1, 2])
def test_one_bad_input_costs_one_input(tmp_path: Path, workers: int) -> None:
    bench = Bench(tmp_path, a="x", b="bad", c="crash", d="y")
    summary = bench.run(workers=workers)
    assert (summary.count("ok"), summary.count("failed"), summary.finished) == (2, 2, True)
    assert summary.records["b"].reason == "b is bad; mend it"
    assert summary.records["c"].reason.startswith("ZeroDivisionError: a bug [toy.py:")
    again = bench.run(workers=workers)
    assert [unit for unit, _ in again.planned] == ["c"], "a bad input is remembered, a fault is tried again"
    assert [unit for unit, _ in bench.run(retry_failed=True).planned] == ["b", "c"]


def test_a_worker_that_dies_costs_its_unit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x", b="die", c="y", d="z", e="w")
    summary = bench.run(workers=2)
    assert summary.count("ok") == 4
    assert "worker process died" in summary.records["b"].reason
    assert summary.records["b"].retry


def test_each_stage_has_workers_of_its_own(tmp_path: Path) -> None:
    """Workers that live on grow by what the next stage imports, which joblib takes for a leak."""
    bench = Bench(tmp_path, a="x", b="y", c="z")
    light, heavy = (
        {record.details["process"] for record in bench.run(ToyConfig(suffix=suffix), workers=2).records.values()}
        for suffix in "!?"
    )
    assert light.isdisjoint(heavy)


def test_a_dry_run_says_why_and_does_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a="x")
    summary = bench.run(dry_run=True)
    assert summary.planned == [("a", "new")]
    assert bench.calls == []
    assert not (tmp_path / "ledger").exists()


def test_partitions_share_the_work_and_the_last_one_finishes(tmp_path: Path) -> None:
    bench = Bench(tmp_path, **{f"u{i}": str(i) for i in range(5)})
    first = bench.run(partition="1/2")
    assert (len(first.planned), first.finished, bench.stage.finished) == (3, False, 0)
    second = bench.run(partition="2/2")
    assert (len(second.planned), second.finished, bench.stage.finished) == (2, True, 1)
    assert bench.calls == [f"u{i}" for i in range(5)]


@pytest.mark.parametrize("text", ["0/2", "3/2", "x", "1", "1/0", "-1/2"])
def test_impossible_partitions_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="partition"):
        Execution(partition=text).share()


@given(st.integers(1, 40), st.integers(1, 9))
def test_partitions_tile(units: int, count: int) -> None:
    shares = [list(range(units))[slice(*_slice(i, count))] for i in range(1, count + 1)]
    assert sorted(unit for share in shares for unit in share) == list(range(units))


def _slice(index: int, count: int) -> tuple[int, None, int]:
    start, step = Execution(partition=f"{index}/{count}").share()
    return start, None, step
