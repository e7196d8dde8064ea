"""The doctor names what it found and falls ill of nothing."""

import json

import pytest
from typer.testing import CliRunner

from gaitprep.cli import doctor as module
from gaitprep.cli.app import app


def test_a_working_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["doctor", "--json"])
    findings = {finding["what"].split()[0]: finding for finding in json.loads(result.stdout)}
    assert set(findings) == {"versions", "device", "detector", "walkers", "decoder", "disk", "cache"}
    assert findings["decoder"]["state"] == findings["versions"]["state"] == "ok", findings
    assert result.exit_code == 0


def test_a_broken_part_is_named_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> module.Finding:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(module, "_decoder", broken)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "libGL.so.1" in result.stdout
    assert "disk" in result.stdout, "the other findings are still there"
