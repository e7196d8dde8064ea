"""The ledger keeps what was written and forgives a torn line."""

from pathlib import Path

from gaitprep.run.ledger import Ledger, Record


def test_the_newest_record_of_a_unit_counts(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append(Record(unit="a", key="1", outcome="failed", reason="bad"))
    ledger.append(Record(unit="b", key="1", outcome="ok"))
    ledger.append(Record(unit="a", key="2", outcome="ok", counts={"frames": 3}))
    latest = ledger.latest()
    assert {name: (record.key, record.outcome) for name, record in latest.items()} == {
        "a": ("2", "ok"),
        "b": ("1", "ok"),
    }
    assert latest["a"].counts == {"frames": 3}


def test_partitions_write_apart_and_read_together(tmp_path: Path) -> None:
    for part in ("1/2", "2/2"):
        Ledger(tmp_path, part).append(Record(unit=f"unit {part}", key="k", outcome="ok"))
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert set(Ledger(tmp_path).latest()) == {"unit 1/2", "unit 2/2"}


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append(Record(unit="a", key="1", outcome="ok"))
    path = next(tmp_path.glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + path.read_bytes()[:20])
    ledger.append(Record(unit="b", key="1", outcome="ok"))
    assert set(ledger.latest()) == {"a", "b"}


def test_an_unused_ledger_is_empty_and_leaves_no_folder(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none").latest() == {}
    assert not (tmp_path / "none").exists()


def test_settings_of_the_last_run_are_noted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")
    assert ledger.settings() is None
    ledger.note_settings({"config": {"a": 1}})
    assert Ledger(tmp_path / "l").settings() == {"config": {"a": 1}}
    assert ledger.latest() == {}
