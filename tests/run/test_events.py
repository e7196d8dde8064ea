"""Events reach people as lines and machines as JSON."""

import json
from pathlib import Path

import pytest

from gaitprep.run import events as module
from gaitprep.run.events import Events


def test_events_are_json_lines(tmp_path: Path) -> None:
    with Events(tmp_path / "deep" / "e.jsonl", quiet=True) as events:
        events.emit("unit", name="ä", count=2)
        events.emit("end")
    lines = [json.loads(line) for line in (tmp_path / "deep" / "e.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["unit", "end"]
    assert (lines[0]["name"], lines[0]["count"]) == ("ä", 2)


def test_without_a_terminal_progress_is_plain_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PLAIN_SECONDS", 0.0)
    events = Events()
    events.begin("track", 3)
    events.advance(note="001-nm-01-090")
    events.end()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip() == "track: 1/3 · 001-nm-01-090"


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    events = Events(quiet=True)
    events.begin("x", 1)
    events.say("hello")
    events.advance()
    assert capsys.readouterr().err == ""
